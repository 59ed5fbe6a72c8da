using System.Buffers;
using Berth.HostPorts.Tests.Records;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.HostPorts.Tests.Attachments;

public class OwnerLabelTests
{
    private static readonly SearchValues<char> Safe = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/@~?");

    [Fact]
    public void A_pod_is_called_by_its_namespace_and_name() =>
        Assert.Equal("shop/web-0@podnet", OwnerLabel.Make(new("podnet", "0123456789abcdef", "eth0"), Pod("shop", "web-0")));

    [Theory]
    [InlineData(null, null)]
    [InlineData("shop", null)]
    [InlineData(null, "web-0")]
    [InlineData("", "web-0")]
    [InlineData("shop", "")]
    public void What_is_no_pod_is_called_by_the_start_of_its_container_id(string? space, string? name) => Assert.Equal(
        "0123456789ab@podnet", OwnerLabel.Make(new("podnet", "0123456789abcdef", "eth0"), Pod(space, name)));

    [Fact]
    public void A_short_container_id_stands_whole() =>
        Assert.Equal("c1@podnet", OwnerLabel.Make(new("podnet", "c1", "eth0"), Pod(null, null)));

    [Fact]
    public void What_does_not_fit_is_cut_with_a_mark()
    {
        string longest = new('n', 200);

        string label = OwnerLabel.Make(new(longest, "c1", "eth0"), Pod(longest, longest));

        Assert.Equal(OwnerLabel.MaxLength, label.Length);
        Assert.Equal($"{new string('n', OwnerLabel.MaxLength - 26)}~@{new string('n', 23)}~", label);
    }

    [Fact]
    public void What_just_fits_is_not_cut()
    {
        string network = new('n', 24);
        string name = new('p', OwnerLabel.MaxLength - 1 - network.Length - "s/".Length);

        string label = OwnerLabel.Make(new(network, "c1", "eth0"), Pod("s", name));

        Assert.Equal($"s/{name}@{network}", label);
    }

    [Fact]
    public void Whatever_things_are_called_a_label_is_short_and_has_safe_characters_only() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(
            Arb.From(Gen.ArrayOf(RecordGenerators.AnyText, 4)),
            names =>
            {
                string label = OwnerLabel.Make(new(names[0], names[1], "eth0"), Pod(names[2], names[3]));
                return label.Length <= OwnerLabel.MaxLength && label.AsSpan().IndexOfAnyExcept(Safe) < 0;
            }));

    private static Dictionary<string, string> Pod(string? space, string? name)
    {
        Dictionary<string, string> args = [];
        if (space is not null)
        {
            args["K8S_POD_NAMESPACE"] = space;
        }

        if (name is not null)
        {
            args["K8S_POD_NAME"] = name;
        }

        return args;
    }
}
