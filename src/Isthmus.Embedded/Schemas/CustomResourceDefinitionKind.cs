using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

internal sealed class CustomResourceDefinitionKind : BuiltInKind
{
    public CustomResourceDefinitionKind(ResourceDefinition resource)
        : base(resource, [Column.Name, Column.CreatedAt])
    {
        AnswersDeletedObject = true;
        GenerationFields = ["spec"];
    }

    public override bool AllowUnconditionalUpdate => false;
}
