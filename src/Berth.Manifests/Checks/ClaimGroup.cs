namespace Berth.Manifests;

/// <summary>Claims of one address by objects whose pods fit the same nodes. Whoever collides with one of them collides with
/// all, so that two are enough: the first, and the first of another object, one of which is another than any that asks.</summary>
/// <param name="first">The first of them.</param>
internal sealed class ClaimGroup(Claimant first)
{
    private Claimant? _ofAnother;

    public NodeConstraint Constraint => first.Constraint;

    public void Add(Claimant claimant)
    {
        if (_ofAnother is null && claimant.Maker != first.Maker)
        {
            _ofAnother = claimant;
        }
    }

    /// <summary>One that is not of this object.</summary>
    public Claimant? OtherThan(Claimant claimant) => first.Maker != claimant.Maker ? first : _ofAnother;
}
