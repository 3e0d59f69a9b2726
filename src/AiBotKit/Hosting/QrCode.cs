using QRCoder;

namespace AiBotKit.Hosting;

/// <summary>A text as a QR code with error level M and the quiet zone of four modules that readers need.</summary>
internal static class QrCode
{
    private const int PixelsPerModule = 16;

    /// <summary>A picture of its own size; about 600 pixels wide for a short link.</summary>
    public static byte[] Png(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new PngByteQRCode(data);
        return code.GetGraphic(PixelsPerModule);
    }

    /// <summary>A drawing that any size can be printed of.</summary>
    public static string Svg(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return code.GetGraphic(PixelsPerModule, "#000000", "#ffffff", true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
