namespace Millrace.Pbm.Tests;

/// <summary>A job in a folder of its own, with paths relative to it.</summary>
internal sealed class SmallJob : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <param name="isEndless">It reads until it is stopped; else three lines.</param>
    public SmallJob(string name, bool isEndless = false, string further = "")
    {
        _folder.Write("events/part-0", """
            {"id":1,"kind":"a"}
            {"id":2,"kind":"b"}
            {"id":3,"kind":"a"}

            """);
        _folder.Write("jobs/job.yaml", $$"""
            job_config:
              name: "{{name}}"
              runtime:
                parallelism: 1
              checkpoint:
                interval: "100ms"
              state_backend:
                checkpoint_dir: "checkpoints"
            sql: "sql/job.sql"
            variables:
              events: "events"
              password: "geheim"
            """ + "\n");
        _folder.Write("jobs/sql/job.sql", (isEndless
            ? """
              CREATE TABLE events (id BIGINT, kind STRING)
              WITH ('connector' = 'datagen', 'rows-per-second' = '100');
              """
            : """
              CREATE TABLE events (id BIGINT, kind STRING)
              WITH ('connector' = 'filesystem', 'path' = '${events}', 'format' = 'json');
              """) + """

            CREATE TABLE answers (id BIGINT, kind STRING)
            WITH ('connector' = 'filesystem', 'path' = 'answers', 'format' = 'json');

            """ + further + "INSERT INTO answers SELECT id, kind FROM events;\n");
    }

    /// <summary>Where pbm is called; the job is <c>jobs/job.yaml</c> there.</summary>
    public string Folder => _folder.Path;

    public TempFolder Files => _folder;

    public string[] Answers() => [.. Directory.GetFiles(_folder.File("answers"))
        .SelectMany(File.ReadAllLines).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();
}
