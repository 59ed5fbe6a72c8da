namespace Berth.Inspection.Tests.Snapshot;

public sealed class IpvsReaderTests
{
    // As net/netfilter/ipvs/ip_vs_ctl.c (ip_vs_info_seq_show) prints them.
    private const string Listing = """
        IP Virtual Server version 1.2.1 (size=4096)
        Prot LocalAddress:Port Scheduler Flags
          -> RemoteAddress:Port Forward Weight ActiveConn InActConn
        TCP  0A60000A:1F90 rr persistent 10800 FFFFFFFF
          -> 0AF40002:0050      Masq    1      0          0
          -> 0AF40003:0050      Masq    0      2          1
        UDP  [fd00:0000:0000:0000:0000:0000:0000:000a]:0035 wrr
          -> [fd01:0000:0000:0000:0000:0000:0000:0002]:0035      Masq    1      0          0
        FWM  0000002A sh
        """;

    [Fact]
    public void Services_and_their_servers_are_read()
    {
        List<IpvsService> services = IpvsReader.Parse(Listing.Split('\n'));

        Assert.Equal(
            ["6 10.96.0.10 8080 0 rr", "17 fd00::a 53 0 wrr", "0  0 42 sh"],
            services.Select(static s => $"{s.Protocol} {s.Address} {s.Port} {s.Mark} {s.Scheduler}"));
        Assert.Equal(
            ["10.244.0.2 80 Masq 1", "10.244.0.3 80 Masq 0"],
            services[0].Servers.Select(static s => $"{s.Address} {s.Port} {s.Forwarding} {s.Weight}"));
        Assert.Equal("fd01::2", Assert.Single(services[1].Servers).Address.ToString());
        Assert.Empty(services[2].Servers);
    }
}
