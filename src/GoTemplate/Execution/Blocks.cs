using System.Text;

namespace GoTemplate.Execution;

/// <summary>The text of control structures.</summary>
internal static class Blocks
{
    public static void Write(StringBuilder to, Node node, string word, PipeNode pipe, ListNode list, ListNode? otherwise)
    {
        to.Append(node.Source.Left).Append(word).Append(' ');
        pipe.Write(to);
        to.Append(node.Source.Right);
        list.Write(to);
        if (otherwise is not null)
        {
            to.Append(node.Source.Left).Append("else").Append(node.Source.Right);
            otherwise.Write(to);
        }

        to.Append(node.Source.Left).Append("end").Append(node.Source.Right);
    }
}
