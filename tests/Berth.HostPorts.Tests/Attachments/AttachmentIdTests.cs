using System.Buffers;

namespace Berth.HostPorts.Tests.Attachments;

public class AttachmentIdTests
{
    private static readonly SearchValues<char> Alphabet = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // Made by another program from the definition. Tables in kernels hold such owners: a change of one would orphan what
    // an earlier version made.
    [Theory]
    [InlineData("net", "0123456789ab", "eth0", "gf0WgcWK6_J31Ho")]
    [InlineData("podman", "", "", "QIl1CnVf9iZNrrb")]
    [InlineData("a", "bA", "eth0", "4dcxpwtar52aQlf")]
    [InlineData("ab", "A", "eth0", "2bn9YIB8EYKPly6")]
    [InlineData("réseau", "容器", "eth0", "fh4f8COXigOsQC1")]
    public void An_owner_stays_what_it_was_in_earlier_versions(string network, string container, string ifName, string owner) =>
        Assert.Equal(owner, new AttachmentId(network, container, ifName).Owner);

    [Theory]
    [InlineData("net", "djau0BDt-L8")]
    [InlineData("k8s-pod-network", "9rMckRFOXhL")]
    [InlineData("réseau", "x0ef1WY4ukb")]
    public void A_networks_key_stays_what_it_was_in_earlier_versions(string network, string key) =>
        Assert.Equal(key, AttachmentId.NetworkKey(network));

    [Fact]
    public void Long_names_are_hashed_whole() => Assert.Equal(
        "yk52y9MhvijBs_Q",
        new AttachmentId(new string('n', 300), new string('c', 300), new string('i', 15)).Owner);

    [Fact]
    public void Each_of_the_three_names_counts_and_where_one_ends()
    {
        AttachmentId[] different =
        [
            new("net", "id", "eth0"), new("net2", "id", "eth0"), new("net", "id2", "eth0"), new("net", "id", "eth1"),
            new("neti", "d", "eth0"), new("ne", "tid", "eth0"), new("net", "ide", "th0"), new("id", "net", "eth0"),
            new("", "netid", "eth0"), new("netid", "", "eth0"),
        ];

        Assert.Equal(different.Length, different.Select(static id => id.Owner).Distinct().Count());
    }

    [Fact]
    public void Among_a_hundred_thousand_attachments_no_two_have_one_owner()
    {
        HashSet<string> owners = [];
        for (int i = 0; i < 100_000; i++)
        {
            string owner = new AttachmentId($"net{i % 7}", $"{i / 14:x8}", $"eth{i / 7 % 2}").Owner;
            Assert.Equal(15, owner.Length);
            Assert.True(owner.AsSpan().IndexOfAnyExcept(Alphabet) < 0, owner);
            Assert.True(owners.Add(owner), owner);
        }
    }

    [Fact]
    public void Among_twenty_thousand_networks_no_two_have_one_key()
    {
        HashSet<string> keys = [];
        for (int i = 0; i < 20_000; i++)
        {
            string key = AttachmentId.NetworkKey($"net{i}");
            Assert.Equal(11, key.Length);
            Assert.True(key.AsSpan().IndexOfAnyExcept(Alphabet) < 0, key);
            Assert.True(keys.Add(key), key);
        }
    }
}
