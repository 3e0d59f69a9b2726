using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>One opened sign-up. Its state is a secret of 256 bits that is known to the browser and the provider; here only its hash is kept (S-K3).</summary>
internal sealed class SignupState
{
    /// <summary>A sign-up that takes longer is begun anew (wire facts 1.3).</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required Guid ChatbotId { get; init; }

    /// <summary>Who opened it; nobody else may finish it. Null: an API key did.</summary>
    public Guid? PersonId { get; init; }

    public required byte[] Hash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When its exchange succeeded or was given up: it is good for one.</summary>
    public DateTimeOffset? UsedAt { get; set; }

    public static string NewState() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static byte[] HashOf(string state) => SHA256.HashData(Encoding.UTF8.GetBytes(state));

    internal sealed class Configuration : IEntityTypeConfiguration<SignupState>
    {
        public void Configure(EntityTypeBuilder<SignupState> builder)
        {
            builder.ToTable("signup_states").HasKey(s => s.Id);
            builder.HasIndex(s => s.Hash).IsUnique();
            builder.HasIndex(s => new { s.AccountId, s.ChatbotId });
        }
    }
}
