using System.Runtime.InteropServices;
using Berth.Kernel.Tests.Topology;
using Berth.Netlink;
using Microsoft.Win32.SafeHandles;

namespace Berth.Kernel.Tests.Races;

/// <summary>A change of the ruleset, as the kernel announced it.</summary>
/// <param name="Generation">The ruleset's generation from then on.</param>
/// <param name="PortId">The netlink address of who made it: of a process's first socket its number.</param>
/// <param name="Sets">Sets and maps of the table "berth" whose elements changed, as <c>family name</c>.</param>
/// <param name="DeletedFamilies">Families whose table "berth" went.</param>
internal sealed record Commit(uint Generation, uint PortId, HashSet<string> Sets, HashSet<byte> DeletedFamilies);

/// <summary>Hears every commit in a network namespace, in the order in which the kernel made them (NFNLGRP_NFTABLES).</summary>
internal sealed partial class RulesetMonitor : IDisposable
{
    private const int AF_NETLINK = 16;
    private const int SOCK_RAW = 3;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int NETLINK_NETFILTER = 12;
    private const int SOL_NETLINK = 270;
    private const int NETLINK_ADD_MEMBERSHIP = 1;
    private const int NFNLGRP_NFTABLES = 7;
    private const int SOL_SOCKET = 1;
    private const int SO_RCVBUFFORCE = 33;
    private const int Buffer = 256 * 1024 * 1024;
    private const int EINTR = 4;

    private const int NfTables = 10 << 8; // NFNL_SUBSYS_NFTABLES
    private const int DeletedTable = NfTables | 2;
    private const int NewElement = NfTables | 12;
    private const int DeletedElement = NfTables | 14;
    private const int NewGeneration = NfTables | 15;
    private const int GenerationId = 1; // NFTA_GEN_ID
    private const int HeaderSize = 4; // struct nfgenmsg

    private readonly SafeFileHandle _socket;
    private readonly Thread _thread;
    private readonly List<Commit> _commits = [];
    private volatile bool _isStopped;
    private string? _failure;
    private HashSet<string> _sets = [];
    private HashSet<byte> _deleted = [];

    internal RulesetMonitor(Host node)
    {
        _socket = node.Namespace.Run(static () =>
        {
            SafeFileHandle socket = new(Socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), ownsHandle: true);
            byte[] any = new byte[12];
            any[0] = AF_NETLINK;
            Assert.Equal(0, Bind(socket, any, (uint)any.Length));
            Assert.Equal(0, Set(socket, SOL_SOCKET, SO_RCVBUFFORCE, Buffer, sizeof(int)));
            Assert.Equal(0, Set(socket, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTABLES, sizeof(int)));
            return socket;
        });
        _thread = new Thread(Listen) { IsBackground = true };
        _thread.Start();
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>All of them, once a change of the caller's own has been heard: nothing comes behind it.</summary>
    internal IReadOnlyList<Commit> Stop(Action lastChange)
    {
        _isStopped = true;
        lastChange();
        _thread.Join();
        Assert.Null(_failure);
        return _commits;
    }

    private void Listen()
    {
        byte[] buffer = new byte[1024 * 1024];
        bool isLast = false;
        while (!isLast)
        {
            isLast = _isStopped;
            nint received = Receive(_socket, buffer, (nuint)buffer.Length, 0);
            if (received < 0 && Marshal.GetLastPInvokeError() == EINTR)
            {
                continue;
            }

            if (received < 0)
            {
                _failure = $"events were lost: {Marshal.GetLastPInvokeErrorMessage()}";
                return;
            }

            foreach (NetlinkMessage message in new MessageReader(buffer.AsSpan(0, (int)received)))
            {
                Hear(message);
            }
        }
    }

    private void Hear(NetlinkMessage message)
    {
        switch (message.Header.Type)
        {
            case NewElement or DeletedElement when Text(message, 1) == "berth":
                _sets.Add($"{message.Payload[0]} {Text(message, 2)}");
                break;
            case DeletedTable when Text(message, 1) == "berth":
                _deleted.Add(message.Payload[0]);
                break;
            case NewGeneration:
                _commits.Add(new Commit(GenerationOf(message), message.Header.PortId, _sets, _deleted));
                (_sets, _deleted) = ([], []);
                break;
            default:
                break;
        }
    }

    private static uint GenerationOf(NetlinkMessage message)
    {
        foreach (NetlinkAttribute attribute in message.Attributes(HeaderSize))
        {
            if (attribute.Type == GenerationId)
            {
                return attribute.ReadUInt32BigEndian();
            }
        }

        return 0;
    }

    private static string? Text(NetlinkMessage message, int type)
    {
        foreach (NetlinkAttribute attribute in message.Attributes(HeaderSize))
        {
            if (attribute.Type == type)
            {
                return attribute.ReadString();
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial nint Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeFileHandle socket, byte[] address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int Set(SafeFileHandle socket, int level, int name, in int value, uint length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeFileHandle socket, byte[] buffer, nuint length, int flags);
}
