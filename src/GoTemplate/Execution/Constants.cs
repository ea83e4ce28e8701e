namespace GoTemplate.Execution;

internal static class Constants
{
    public static void RefuseArguments(Execution x, CommandNode command, object? final)
    {
        if (command.Operands.Count > 1 || final != Execution.Missing)
            throw x.Fail($"can't give argument to non-function {command.Operands[0]}");
    }
}
