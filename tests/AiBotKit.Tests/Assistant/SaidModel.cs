using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiBotKit.Tests.Assistant;

/// <summary>A model wholly in somebody else's hands: it sees the whole prompt and says what they want.</summary>
internal sealed class SaidModel(Func<IReadOnlyList<ChatMessage>, string> say) : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        yield return new(ChatRole.Assistant, say([.. messages]));
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
