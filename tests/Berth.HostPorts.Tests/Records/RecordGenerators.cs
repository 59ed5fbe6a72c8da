using System.Net;
using Berth.NfTables;
using FsCheck;
using FsCheck.Fluent;

namespace Berth.HostPorts.Tests.Records;

/// <summary>What records are made of, and what hostile bytes and texts look like.</summary>
internal static class RecordGenerators
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    internal static Gen<string> Owner { get; } = Of(Alphabet, 15, 15);

    internal static Gen<string> Network { get; } = Of(Alphabet, 11, 11);

    // What the kernel takes as an interface's name is anything but blanks, '/' and ':'.
    internal static Gen<string> Link { get; } = Of("abcXYZ019-_.@#é", 1, 7);

    internal static Gen<string> Label { get; } = Of("abcXYZ019._-/@~?", 1, OwnerLabel.MaxLength);

    internal static Gen<ushort> Port { get; } = Gen.Choose(0, ushort.MaxValue).Select(static port => (ushort)port);

    internal static Gen<IPAddress> V4 { get; } = Bytes(4).Select(static bytes => new IPAddress(bytes));

    internal static Gen<IPAddress> V6 { get; } = Bytes(16).Select(static bytes => new IPAddress(bytes));

    /// <summary>Anything that can be a container's name or a comment: control characters, quotes, half surrogates.</summary>
    internal static Gen<string> AnyText { get; } = Gen.OneOf(
        Gen.ArrayOf(Gen.Choose(0, char.MaxValue)).Select(static codes => string.Concat(codes.Select(static code => (char)code))),
        Gen.ListOf(Gen.Elements(
            "\"", "\\", "\n", "\r", "\0", "\u001b[31m", "\u202e", "{", "}", ";", "#", "$(id)", "`", " ", "\t", "'", "é", "😀",
            "\ud800", "\udc00", "pod", "a/b", "@", "~", "..")).Select(static parts => string.Concat(parts)),
        from text in Gen.Elements("x", "é", "\"", "😀")
        from count in Gen.Choose(0, 5000)
        select string.Concat(Enumerable.Repeat(text, count)));

    /// <summary>A comment that somebody wrote: near to ours, or not at all.</summary>
    internal static Gen<string?> AnyComment { get; } = Gen.OneOf<string?>(
        Gen.Constant<string?>(null),
        AnyText.Select(static text => (string?)text),
        Gen.ListOf(Gen.Elements("1", "2", "", " ", "-", "-1", "65535", "99999999999", "route_localnet=", "route_localnet=1", "x", "é"))
            .Select(static words => (string?)string.Join(' ', words)));

    /// <summary>An element with keys and data of any length.</summary>
    internal static Gen<Element> AnyElement { get; } =
        from key in AnyBytes()
        from value in AnyBytes()
        from isMap in Gen.Elements(true, true, false)
        from end in AnyBytes()
        from isRange in Gen.Elements(true, false, false)
        from comment in AnyComment
        select new Element(DataValue.FromBytes(key))
        {
            KeyEnd = isRange ? DataValue.FromBytes(end) : null,
            Value = isMap ? DataValue.FromBytes(value) : null,
            Comment = comment,
        };

    internal static Gen<byte[]> Bytes(int length) =>
        Gen.ArrayOf(Gen.Choose(0, byte.MaxValue).Select(static number => (byte)number), length);

    private static Gen<byte[]> AnyBytes() => Gen.Choose(0, 40).SelectMany(Bytes);

    private static Gen<string> Of(string characters, int shortest, int longest) =>
        from length in Gen.Choose(shortest, longest)
        from text in Gen.ArrayOf(Gen.Elements(characters.ToCharArray()), length)
        select new string(text);
}
