namespace Berth.Manifests;

/// <summary>What comes of the input at one place: a document, or that something could not be read there.</summary>
internal readonly record struct InputPiece(DocumentText? Document, Diagnostic? Failure);
