namespace Berth.Manifests;

/// <summary>What a scalar is once kubectl has made JSON of it.</summary>
internal enum ScalarKind
{
    Null,
    Boolean,
    Integer,
    Fraction,
    Text,
}
