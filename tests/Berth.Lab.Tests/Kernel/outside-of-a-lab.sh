#!/bin/sh
# outside-of-a-lab.sh BERTH FILE LAB   in namespaces of its own: makes a machine that has links, rules of every kind, namespaces with
# names, and files where a lab has its own, runs a lab on it, has one up and takes it down, and exits with 1 if any of that can be
# seen outside of the lab, saying what.
set -eu
[ "${OUTSIDE_OF_A_LAB:-}" ] || OUTSIDE_OF_A_LAB=1 exec unshare --net --mount --propagation private -- "$0" "$@"
berth=$1 file=$2 lab=$3
seen=$(mktemp -d)
up=''
trap '[ -z "$up" ] || "$berth" lab down "$lab" >/dev/null 2>&1; rm -rf "$seen"' EXIT
trap 'exit 1' HUP INT TERM

for directory in /run /var/lib /var/log; do
    mount -n -t tmpfs -o mode=755 tmpfs "$directory"
done
mkdir -p /run/lock /var/lib/cni/results /var/lib/cni/networks/podnet /var/log/pods/default_web_1
echo somebody >/var/lib/cni/results/podnet-1-eth0
echo 10.244.1.2 >/var/lib/cni/networks/podnet/last_reserved_ip.0
ip netns add node-1
ip link set lo up
ip link add cni0 type bridge
ip link add eth0 type veth peer name eth1
ip address add 192.0.2.11/24 dev eth0
ip link set eth0 up
nft 'add table ip kube-proxy; add chain ip kube-proxy services { type nat hook prerouting priority dstnat; }'
nft 'add table ip berth; add map ip berth hostports { type inet_proto . inet_service : ipv4_addr . inet_service; }'
iptables-nft -t nat -A OUTPUT -p tcp --dport 8080 -j DNAT --to-destination 192.0.2.11
iptables-legacy -t nat -N KUBE-SERVICES
iptables-legacy -t nat -A OUTPUT -j KUBE-SERVICES
ipset create KUBE-CLUSTER-IP hash:ip,port
# Where somebody has loaded IPVS: a virtual service and its address, as kube-proxy keeps them.
ipvs=''
if [ -e /proc/net/ip_vs ]; then
    ipvs=1
    ip link add kube-ipvs0 type dummy
    ip address add 10.96.0.10/32 dev kube-ipvs0
    ipvsadm -A -t 10.96.0.10:3306 -s rr
    ipvsadm -a -t 10.96.0.10:3306 -r 192.0.2.11:3306 -m
fi

state() {
    nft list ruleset 2>/dev/null
    iptables-nft-save 2>/dev/null | grep -v '^#'
    iptables-legacy-save -t nat | grep -v '^#'
    ipset save
    [ -z "$ipvs" ] || ipvsadm -Sn
    ip -o link | sed 's/ qlen .*//'
    ip address
    ip rule
    ip route show table all
    cat /proc/self/mountinfo
    find /run /var/lib /var/log -xdev | sort
    cat /var/lib/cni/results/* /var/lib/cni/networks/podnet/*
    hostname
    grep -rs . /proc/sys/net/ipv4 /proc/sys/net/ipv6/conf /proc/sys/net/bridge /proc/sys/net/netfilter/nf_conntrack_max || true
}

state >"$seen/before"
# That it looks at what it made.
for part in 'table ip kube-proxy' '-A OUTPUT -j KUBE-SERVICES' 'create KUBE-CLUSTER-IP' /run/netns/node-1 podnet-1-eth0 \
    ipv4/ip_forward: ${ipvs:+'-A -t 10.96.0.10:3306' kube-ipvs0}; do
    grep -qF -- "$part" "$seen/before" || { echo "before the lab there is no $part to be seen" && exit 1; }
done

compare() {
    state >"$seen/now"
    diff -u --label 'before the lab' --label "$1" "$seen/before" "$seen/now" || exit 1
}
"$berth" lab run -o json "$file" >"$seen/run" || { cat "$seen/run" && exit 1; }
compare 'after a run'
up=1
"$berth" lab up "$file" >"$seen/up" || { cat "$seen/up" && exit 1; }
compare 'while one is up'
"$berth" lab down "$lab" >"$seen/down" || { cat "$seen/down" && exit 1; }
up=''
compare 'after it went down'
echo "Nothing was touched outside of $lab${ipvs:+, IPVS included}"
