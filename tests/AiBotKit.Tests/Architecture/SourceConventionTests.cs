using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Architecture;

/// <summary>Every rule of <see cref="SourceRules"/> over the repository, and over text that it must, and must not, report.</summary>
public sealed class SourceConventionTests
{
    /// <summary>Rule, path, text, whether the rule reports it.</summary>
    private static readonly (string Rule, string Path, string Text, bool Reported)[] Planted =
    [
        ("fire and forget", "src/AiBotKit/Knowledge/A.cs", "_ = UpdateAsync(id);", true),
        ("fire and forget", "src/AiBotKit/Knowledge/A.cs", "var x = await cache.GetAsync(key);", false),
        ("region", "src/AiBotKit/Knowledge/A.cs", "    #region x", true),
        ("region", "src/AiBotKit/Knowledge/A.cs", "// the region of a number", false),
        ("Task.Run", "src/AiBotKit/Knowledge/A.cs", "await Task.Run(Work);", true),
        ("Task.Run", "src/AiBotKit/Knowledge/A.cs", "await RunAsync();", false),
        ("MarkupString", "src/AiBotKit/Dashboard/A.razor", "@((MarkupString)text)", true),
        ("MarkupString", "src/AiBotKit/Dashboard/A.razor", "@text", false),
        ("unbound input", "src/AiBotKit/Dashboard/A.razor", "<input class=\"in\" value=\"@_text\" @oninput=\"Put\" />", true),
        ("unbounded textarea", "src/AiBotKit/Dashboard/A.razor", "<textarea class=\"in\" @bind=\"_text\"></textarea>", true),
        ("unbounded textarea", "src/AiBotKit/Dashboard/A.razor", "<textarea class=\"in\" maxlength=\"9\" @bind=\"_text\"></textarea>", false),
        ("unbound input", "src/AiBotKit/Dashboard/A.razor", "<input class=\"in\" @bind=\"_text\" @bind:event=\"oninput\" />", false),
        ("SaveChanges outside the writer", "src/AiBotKit/Accounts/A.cs", "await db.SaveChangesAsync();", true),
        ("SaveChanges outside the writer", "src/AiBotKit/Durability/GroupCommitWriter.cs", "context.SaveChanges();", false),
        ("audit trail changed", "src/AiBotKit/Accounts/A.cs", "session.Execute(\"DELETE FROM audit WHERE Id = $1\", id);", true),
        ("audit trail changed", "src/AiBotKit/Accounts/A.cs", "db.Set<AuditEntry>().Where(a => a.Id == id).ExecuteDelete();", true),
        ("audit trail changed", "src/AiBotKit/Accounts/A.cs", "INSERT INTO audit (Id) VALUES ($1)", false),
        ("database driver", "src/AiBotKit/Conversations/A.cs", "using Microsoft.Data.Sqlite;", true),
        ("database driver", "src/AiBotKit/Storage/A.cs", "using Microsoft.Data.Sqlite;", false),
        ("model SDK", "src/AiBotKit/Conversations/A.cs", "using Microsoft.Extensions.AI;", true),
        ("model SDK", "src/AiBotKit/Assistant/A.cs", "using Microsoft.Extensions.AI;", false),
        ("simulator knows the product", "src/AiBotKit.PinnacleSimulator/A.cs", "using AiBotKit.Conversations;", true),
        ("simulator knows the product", "src/AiBotKit.PinnacleSimulator/A.cs", "using AiBotKit.PinnacleSimulator.Wire;", false),
        ("machine path", "docs/a.md", "see /wo" + "rk/main", true),
        ("machine path", "docs/a.md", "see docs/architecture.md, network/work", false),
        ("registry host", "Directory.Build.props", "https://api.nuget.or" + "g/v3", true),
        ("registry host", "README.md", "a NuGet package", false),
        ("unfinished", "src/AiBotKit/A.cs", "// TO" + "DO later", true),
        ("unfinished", "src/AiBotKit/A.cs", "// everything to do is done", false),
        ("boast", "README.md", "a seam" + "less experience", true),
        ("boast", "README.md", "a seam between two parts", false),
        ("feature arrow", "src/AiBotKit/Conversations/A.cs", "using AiBotKit.Channels.WhatsApp;", true),
        ("feature arrow", "src/AiBotKit/Storage/A.cs", "using AiBotKit.Accounts;", true),
        ("feature arrow", "src/AiBotKit/Dashboard/A.razor", "@using AiBotKit.Conversations\n", false),
        ("long file", "src/AiBotKit/A.cs", new string('\n', 401), true),
        ("long file", "src/AiBotKit/A.cs", new string('\n', 400), false),
        ("long Program.cs", "src/AiBotKit/Program.cs", new string('\n', 80), true),
        ("long Program.cs", "src/AiBotKit/Program.cs", new string('\n', 79), false),
        ("forbidden folder", "src/AiBotKit/Knowledge/Helpers/A.cs", "", true),
        ("forbidden folder", "src/AiBotKit/Knowledge/Reading/A.cs", "", false),
        ("Constants.cs", "src/AiBotKit/Knowledge/Constants.cs", "", true),
        ("Constants.cs", "src/AiBotKit/Knowledge/Limits.cs", "", false),
        ("path in docs", "docs/a.md", "see `src/AiBotKit/Nowhere.cs`", true),
        ("path in docs", "README.md", "[there](docs/nowhere.md)", true),
        ("path in docs", "docs/a.md", "see `src/AiBotKit/Program.cs`", false),
    ];

    public static TheoryData<string> Rules => [.. SourceRules.All.Select(rule => rule.Name)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_repository_keeps_the_rule(string name) => Repository.Files.SelectMany(Rule(name).Check).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_rule_can_fail_and_can_pass(string name)
    {
        var cases = Planted.Where(one => one.Rule == name).ToList();

        cases.ShouldContain(one => one.Reported, "a rule needs a planted violation");
        cases.ShouldContain(one => !one.Reported, "a rule needs an innocent text");
        foreach (var (_, path, text, reported) in cases)
        {
            Rule(name).Check(new RepositoryFile(path, text)).Any().ShouldBe(reported, $"{path}: {text}");
        }
    }

    [Fact]
    public void The_repository_was_read()
    {
        Repository.Files.ShouldContain(file => file.Path == "src/AiBotKit/Program.cs");
        Repository.Files.ShouldContain(file => file.Path == "test");
        Repository.Files.Count.ShouldBeGreaterThan(100);
    }

    private static SourceRule Rule(string name) => SourceRules.All.Single(rule => rule.Name == name);
}
