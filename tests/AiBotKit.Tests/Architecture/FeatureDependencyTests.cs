using System.Reflection;
using ArchUnitNET.Loader;
using Shouldly;
using Xunit;
using Loaded = ArchUnitNET.Domain.Architecture;

namespace AiBotKit.Tests.Architecture;

/// <summary>Arrows between features, read from the compiled program. Each rule is also run over the planted violations in <c>Planted/</c>.</summary>
public sealed class FeatureDependencyTests
{
    private const string PlantedRoot = "AiBotKit.Tests.Architecture.Planted";
    private static readonly Loaded Product = new ArchLoader().LoadAssemblies(typeof(Program).Assembly).Build();
    private static readonly Loaded Tests = new ArchLoader().LoadAssemblies(typeof(FeatureDependencyTests).Assembly).Build();

    [Fact]
    public void Features_use_only_what_the_map_allows() => ForbiddenArrows(Product, "AiBotKit").ShouldBeEmpty();

    [Theory]
    [InlineData("Conversations -> Channels.WhatsApp")]
    [InlineData("Durability -> Conversations")]
    [InlineData("Accounts -> Knowledge")]
    public void A_planted_arrow_is_found(string arrow) => ForbiddenArrows(Tests, PlantedRoot).ShouldContain(found => found.StartsWith(arrow, StringComparison.Ordinal));

    [Fact]
    public void An_allowed_arrow_is_not_reported() =>
        ForbiddenArrows(Tests, PlantedRoot).ShouldNotContain(found => found.StartsWith("Channels.WhatsApp -> Accounts", StringComparison.Ordinal));

    [Fact]
    public void Features_are_free_of_cycles() => Cycles(Product, "AiBotKit").ShouldBeEmpty();

    [Fact]
    public void A_planted_cycle_is_found() => Cycles(Tests, PlantedRoot).ShouldNotBeEmpty();

    [Fact]
    public void The_simulator_references_nothing_of_the_product() => ProductReferences(Assembly.Load("AiBotKit.PinnacleSimulator")).ShouldBeEmpty();

    [Fact]
    public void A_reference_to_the_product_is_found() => ProductReferences(typeof(FeatureDependencyTests).Assembly).ShouldContain("AiBotKit");

    private static List<string> ForbiddenArrows(Loaded architecture, string root) =>
        [.. from type in architecture.Types
            let origin = Feature(type.FullName, root)
            where origin is not null
            from dependency in type.Dependencies
            let target = Feature(dependency.Target.FullName, root)
            where target is not null && !FeatureMap.Allows(origin, target)
            select $"{origin} -> {target}: {type.FullName} uses {dependency.Target.FullName}"];

    /// <summary>The features that are left when those that use nothing else are taken away again and again: they sit on a cycle, or lead to one.</summary>
    private static List<string> Cycles(Loaded architecture, string root)
    {
        var arrows = (from type in architecture.Types
                      from dependency in type.Dependencies
                      let arrow = (From: TopFolder(type.FullName, root), To: TopFolder(dependency.Target.FullName, root))
                      where arrow.From is not null && arrow.To is not null && arrow.From != arrow.To
                      select arrow).ToHashSet();
        while (arrows.RemoveWhere(arrow => !arrows.Any(next => next.From == arrow.To)) > 0)
        {
        }

        return [.. arrows.Select(arrow => $"{arrow.From} -> {arrow.To}").Order(StringComparer.Ordinal)];
    }

    private static List<string?> ProductReferences(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(one => one.Name).Where(name => name is not null && name.StartsWith("AiBotKit", StringComparison.Ordinal))];

    private static string? Feature(string name, string root) =>
        name.StartsWith(root + ".", StringComparison.Ordinal) ? FeatureMap.Of(name[(root.Length + 1)..]) : null;

    /// <summary>The first folder below the root; null for types that sit in none.</summary>
    private static string? TopFolder(string name, string root)
    {
        var rest = name.StartsWith(root + ".", StringComparison.Ordinal) ? name[(root.Length + 1)..].Split('.') : [];
        return rest.Length > 1 && FeatureMap.Of(rest[0] + ".") is not null ? rest[0] : null;
    }
}
