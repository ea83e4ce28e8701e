namespace Isthmus.Embedded.Kinds;

/// <summary>One cause of a 422 Invalid: Kubernetes' own reason (FieldValueRequired, FieldValueInvalid, …), the field's path, and the text.</summary>
internal sealed record FieldError(string Reason, string Field, string Message);
