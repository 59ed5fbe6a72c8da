namespace Berth.Lab.Tests.Files;

public sealed class PlaceholderTests
{
    [Theory]
    [InlineData("{pod/web}", "pod/web")]
    [InlineData("a {service/x/web}:80, {outside}{node/a.b}", "service/x/web outside node/a.b")]
    [InlineData("{ {pod/web} }", "pod/web")]
    [InlineData("{pods/web} { pod/web }", "pods/web  pod/web ")]
    [InlineData("${file/.yaml/.json} {print $1} { 80, 81 } {} {a} {/} {pod/} {a/b/c/d} {pod/web", "")]
    public void Names_in_braces_with_a_slash_between_them_are_for_the_lab_and_other_braces_are_not(string text, string names)
    {
        List<string> found = [];
        for (Placeholder? next = Placeholder.Next(text, 0); next is Placeholder one; next = Placeholder.Next(text, one.End))
        {
            Assert.Equal($"{{{one.Name}}}", text[one.Start..one.End]);
            found.Add(one.Name);
        }

        Assert.Equal(names, string.Join(' ', found));
    }
}
