// call VERB CONFLIST CONTAINER_ID NETNS PORT_MAPPINGS
//
// Runs a chain of plugins by libcni itself, with its cache: the judge of the protocol for the verbs that no container
// runtime at hand calls. Prints the result of ADD.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/containernetworking/cni/libcni"
)

func main() {
	if err := call(os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func call(verb, file, id, netns, ports string) error {
	list, err := libcni.ConfListFromFile(file)
	if err != nil {
		return err
	}
	var mappings []map[string]interface{}
	if err := json.Unmarshal([]byte(ports), &mappings); err != nil {
		return err
	}
	attachment := &libcni.RuntimeConf{
		ContainerID:    id,
		NetNS:          netns,
		IfName:         "eth0",
		Args:           [][2]string{{"IgnoreUnknown", "1"}, {"K8S_POD_NAMESPACE", "default"}, {"K8S_POD_NAME", id}},
		CapabilityArgs: map[string]interface{}{"portMappings": mappings},
	}
	cni := libcni.NewCNIConfig([]string{os.Getenv("CNI_PATH")}, nil)
	ctx := context.Background()
	switch verb {
	case "ADD":
		result, err := cni.AddNetworkList(ctx, list, attachment)
		if err != nil {
			return err
		}
		return result.Print()
	case "CHECK":
		return cni.CheckNetworkList(ctx, list, attachment)
	case "DEL":
		return cni.DelNetworkList(ctx, list, attachment)
	default:
		return fmt.Errorf("no verb %q", verb)
	}
}
