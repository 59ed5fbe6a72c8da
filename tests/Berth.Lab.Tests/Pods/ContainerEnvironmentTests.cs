using System.Net;
using Berth.Manifests;

namespace Berth.Lab.Tests.Pods;

public sealed class ContainerEnvironmentTests
{
    [Theory]
    [InlineData("value: text", "text")]
    [InlineData("", "")]
    [InlineData("valueFrom: { fieldRef: { fieldPath: metadata.name } }", "p")]
    [InlineData("valueFrom: { fieldRef: { fieldPath: metadata.namespace } }", "shop")]
    [InlineData("valueFrom: { fieldRef: { fieldPath: spec.nodeName } }", "node-1")]
    [InlineData("valueFrom: { fieldRef: { fieldPath: status.podIP } }", "10.244.1.2")]
    [InlineData("valueFrom: { fieldRef: { fieldPath: \"metadata.labels['app']\" } }", "web")]
    [InlineData("valueFrom: { fieldRef: { fieldPath: \"metadata.labels['none']\" } }", "")]
    [InlineData("valueFrom: { fieldRef: { fieldPath: \"metadata.annotations['a/b']\" } }", "note")]
    [InlineData("valueFrom: { fieldRef: { fieldPath: \"metadata.labels['\" } }", null)]
    [InlineData("valueFrom: { fieldRef: { fieldPath: spec.serviceAccountName } }", null)]
    [InlineData("valueFrom: { secretKeyRef: { name: s, key: k } }", null)]
    [InlineData("value: \"http://$(HOST):$(PORT)/$(HOST)\"", "http://example:80/example")]
    [InlineData("value: \"$(LATER) $(X) $HOST $\"", "$(LATER) $(X) $HOST $")]
    [InlineData("value: \"$$(HOST) a$$b $(HOST\"", "$(HOST) a$b $(HOST")]
    public void A_variable_has_the_value_that_a_kubelet_gives_it(string fields, string? value)
    {
        Workload pod = Assert.IsType<Workload>(Assert.Single(LabText.Read($$"""
            nodes: [{ name: node-1 }]
            images: [{ image: other, command: [env] }]
            manifests:
              - apiVersion: v1
                kind: Pod
                metadata: { name: p, namespace: shop, labels: { app: web }, annotations: { a/b: note } }
                spec:
                  containers:
                    - name: c
                      image: other
                      env: [{ name: HOST, value: first }, { name: HOST, value: example }, { name: PORT, value: "80" }, { name: X, {{fields}} }, { name: LATER, value: x }]
            """).File!.Manifests));
        PodRecord record = new("shop", "p", pod, 1) { NodeName = "node-1", Address = IPAddress.Parse("10.244.1.2") };

        IReadOnlyDictionary<string, string> environment = ContainerEnvironment.Of(record, pod.Template.Spec.Containers[0]);

        Assert.Equal(value, environment.GetValueOrDefault("X"));
        Assert.Equal(("p", "shop", "10.244.1.2"), (environment["POD_NAME"], environment["POD_NAMESPACE"], environment["POD_IP"]));
    }
}
