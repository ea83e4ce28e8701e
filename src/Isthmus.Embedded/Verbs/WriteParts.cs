using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>What the writing verbs share, one a cluster.</summary>
internal sealed record WriteParts(ObjectStore Store, KindRegistry Kinds, AdmissionChain Admission, KindServices Services, TimeProvider Time);
