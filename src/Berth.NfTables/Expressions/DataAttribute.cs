using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>A value or a verdict as the kernel nests it (NFTA_DATA_VALUE, NFTA_DATA_VERDICT).</summary>
internal static class DataAttribute
{
    private const int AttributeValue = 1;
    private const int AttributeVerdict = 2;
    private const int VerdictCode = 1;
    private const int VerdictChain = 2;

    internal static void Write(ref MessageWriter writer, int type, DataValue value)
    {
        int nest = writer.BeginNest(type);
        writer.PutBytes(AttributeValue, value.Bytes);
        writer.EndNest(nest);
    }

    internal static void Write(ref MessageWriter writer, int type, Verdict verdict)
    {
        int nest = writer.BeginNest(type);
        int inner = writer.BeginNest(AttributeVerdict);
        writer.PutUInt32BigEndian(VerdictCode, unchecked((uint)(int)verdict.Kind));
        if (verdict.Chain is not null)
        {
            writer.PutString(VerdictChain, verdict.Chain);
        }

        writer.EndNest(inner);
        writer.EndNest(nest);
    }

    internal static (DataValue? Value, Verdict? Verdict) Read(ReadOnlySpan<byte> nested)
    {
        DataValue? value = null;
        Verdict? verdict = null;
        foreach (NetlinkAttribute attribute in new AttributeReader(nested))
        {
            switch (attribute.Type)
            {
                case AttributeValue:
                    value = DataValue.FromBytes(attribute.Value);
                    break;
                case AttributeVerdict:
                    verdict = ReadVerdict(attribute.Nested);
                    break;
                default:
                    break;
            }
        }

        return (value, verdict);
    }

    private static Verdict ReadVerdict(AttributeReader attributes)
    {
        VerdictKind kind = VerdictKind.Continue;
        string? chain = null;
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case VerdictCode:
                    kind = (VerdictKind)unchecked((int)attribute.ReadUInt32BigEndian());
                    break;
                case VerdictChain:
                    chain = attribute.ReadString();
                    break;
                default:
                    break;
            }
        }

        return new Verdict(kind, chain);
    }
}
