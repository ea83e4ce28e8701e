Console.Error.WriteLine("offline"); return 1;
