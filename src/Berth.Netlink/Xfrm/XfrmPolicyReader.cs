using System.Buffers.Binary;
using System.Net;

namespace Berth.Netlink.Xfrm;

/// <summary>Reads XFRM_MSG_NEWPOLICY and XFRM_MSG_GETDEFAULT (include/uapi/linux/xfrm.h).</summary>
internal static class XfrmPolicyReader
{
    // struct xfrm_userpolicy_info: selector (56), lifetime_cfg (64), lifetime_cur (32), priority, index, dir, action, flags, share
    private const int StructureSize = 168;
    private const int DestinationPort = 32;
    private const int Family = 40;
    private const int LinkIndex = 48;
    private const int Priority = 152;
    private const int Direction = 160;
    private const byte Block = 1; // XFRM_POLICY_BLOCK

    private const int AttributeTemplates = 5; // XFRMA_TMPL: struct xfrm_user_tmpl
    private const int AttributePolicyType = 16;
    private const int AttributeMark = 21; // struct xfrm_mark: value, mask
    private const int AttributeInterfaceId = 31;

    private const int TemplateSize = 64;
    private const int TemplateIsOptional = 50;

    // struct xfrm_userpolicy_default: in, fwd, out
    private const int DefaultsSize = 3;
    private const byte DefaultBlock = 1; // XFRM_USERPOLICY_BLOCK

    /// <summary>A policy; null for that of one socket, which only its process can have set.</summary>
    internal static XfrmPolicy? Read(NetlinkMessage message)
    {
        AttributeReader attributes = message.Attributes(StructureSize);
        ReadOnlySpan<byte> structure = message.Payload;
        ushort family = BitConverter.ToUInt16(structure[Family..]);
        if (structure[Direction] > (byte)XfrmDirection.Forward || family is not (KernelFamily.IPv4 or KernelFamily.IPv6))
        {
            return null;
        }

        int address = family == KernelFamily.IPv6 ? 16 : 4;
        XfrmPolicy policy = new(
            (XfrmDirection)structure[Direction],
            new IPAddress(structure.Slice(16, address)),
            structure[Family + 3],
            new IPAddress(structure[..address]),
            structure[Family + 2],
            BitConverter.ToUInt32(structure[Priority..]))
        {
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(structure[DestinationPort..]),
            DestinationPortMask = BinaryPrimitives.ReadUInt16BigEndian(structure[(DestinationPort + 2)..]),
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(structure[(DestinationPort + 4)..]),
            SourcePortMask = BinaryPrimitives.ReadUInt16BigEndian(structure[(DestinationPort + 6)..]),
            Protocol = structure[Family + 4],
            LinkIndex = BitConverter.ToInt32(structure[LinkIndex..]),
            IsBlocking = structure[Direction + 1] == Block,
        };
        foreach (NetlinkAttribute attribute in attributes)
        {
            policy = attribute.Type switch
            {
                AttributeTemplates => WithTemplates(policy, attribute.Value),
                AttributePolicyType when attribute.Value.Length > 0 => policy with { IsSubPolicy = attribute.Value[0] != 0 },
                AttributeMark when attribute.Value.Length >= 2 * sizeof(uint) => policy with
                {
                    Mark = BitConverter.ToUInt32(attribute.Value),
                    MarkMask = BitConverter.ToUInt32(attribute.Value[sizeof(uint)..]),
                },
                AttributeInterfaceId => policy with { InterfaceId = attribute.ReadUInt32() },
                _ => policy,
            };
        }

        return policy;
    }

    internal static XfrmDefaults ReadDefaults(NetlinkMessage message)
    {
        _ = message.Attributes(DefaultsSize);
        ReadOnlySpan<byte> structure = message.Payload;
        return new XfrmDefaults(structure[0] == DefaultBlock, structure[1] == DefaultBlock, structure[2] == DefaultBlock);
    }

    private static XfrmPolicy WithTemplates(XfrmPolicy policy, ReadOnlySpan<byte> templates)
    {
        int count = 0;
        int required = 0;
        for (; templates.Length >= TemplateSize; templates = templates[TemplateSize..])
        {
            count++;
            required += templates[TemplateIsOptional] == 0 ? 1 : 0;
        }

        return policy with { Templates = count, RequiredTemplates = required };
    }
}
