using System.Diagnostics;
using Millrace.Run.EdNet;
long t = Stopwatch.GetTimestamp();
EdNetPreparation.Write(args[0], "data/ednet", "jobs/ddl/sqlite", int.Parse(args[1]), args.Length > 2 ? args[2..] : null);
Console.WriteLine(Stopwatch.GetElapsedTime(t));
