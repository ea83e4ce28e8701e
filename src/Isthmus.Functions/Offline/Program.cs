// Nothing runs here. A build without the worker's packages that reaches Azure would look deployed and answer nothing, so
// the process says what is wrong and stops.
Console.Error.WriteLine(
    "This is the offline build of Isthmus.Functions: it holds the function classes but not the Azure Functions worker, "
    + "so the Functions host cannot run it. Deploy what 'dotnet publish src/Isthmus.Functions -c Release' makes; "
    + "to run the functions on this machine use 'isthmus host' or 'isthmus demo'.");
return 1;
