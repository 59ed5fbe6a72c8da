namespace Berth.Inspection;

/// <summary>What somebody wrote beside the rule: every packet meets it.</summary>
internal sealed record CommentMatch(string Text) : IptablesMatch
{
    internal override string Name => "comment";

    internal static CommentMatch? Parse(RuleOptions options)
    {
        string text = "";
        while (options.Next())
        {
            if (options.Option != "--comment")
            {
                return null;
            }

            text = options.Word();
        }

        return new CommentMatch(text);
    }

    internal static CommentMatch Read(ExtensionStructure structure) => new(structure.Text(0, structure.Info.Length));

    internal override void Print(SavedText text)
    {
        text.Word("--comment");
        text.Quoted(Text);
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node) => MatchAnswer.Yes;
}
