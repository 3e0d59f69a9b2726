namespace AiBotKit.Knowledge.Embedding;

/// <summary>How an embedded model is.</summary>
internal enum ModelState
{
    /// <summary>Its files are there; read on first use.</summary>
    Ready,

    /// <summary>Not installed: the build could not fetch it.</summary>
    Missing,

    /// <summary>Its files cannot be used. Everything goes on without it until the next start.</summary>
    Damaged,
}
