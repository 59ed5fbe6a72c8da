using System.Security.Cryptography;
using System.Text;

namespace Berth.HostPorts.Tests.Attachments;

public class Sha512Tests
{
    // FIPS 180-4's examples, and the empty message.
    [Theory]
    [InlineData(
        "",
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e")]
    [InlineData(
        "abc",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")]
    [InlineData(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909")]
    public void It_gives_what_the_standard_gives(string text, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(Sha512.Hash(Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void A_million_letters_a_hash_as_the_standard_says() => Assert.Equal(
        "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
        Convert.ToHexStringLower(Sha512.Hash(Encoding.ASCII.GetBytes(new string('a', 1_000_000)))));

    [Fact]
    public void It_agrees_with_the_platform_at_every_length_around_its_blocks()
    {
        Random random = new(1);
        for (int length = 0; length <= 300; length++)
        {
            byte[] data = new byte[length];
            random.NextBytes(data);
            Assert.Equal(SHA512.HashData(data), Sha512.Hash(data));
        }
    }

    [Fact]
    public void It_agrees_with_the_platform_on_random_data()
    {
        Random random = new(2);
        for (int i = 0; i < 500; i++)
        {
            byte[] data = new byte[random.Next(20_000)];
            random.NextBytes(data);
            Assert.Equal(SHA512.HashData(data), Sha512.Hash(data));
        }
    }
}
