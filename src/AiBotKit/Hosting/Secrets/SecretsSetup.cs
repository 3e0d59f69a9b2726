using AiBotKit.Hosting.Configuration;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace AiBotKit.Hosting.Secrets;

/// <summary>The key ring in <c>Data:Path/keys</c>, encrypted under the master key.</summary>
internal static class SecretsSetup
{
    public static void AddSecrets(this WebApplicationBuilder builder, SettingsReader settings)
    {
        builder.Services.AddSingleton(SecretsOptions.Read(settings));
        builder.Services.AddSingleton<MasterKey>();
        builder.Services.AddSingleton<SecretProtector>();
        // Before Data Protection's own start, which would make a new key under whatever master key there is.
        builder.Services.AddHostedService<CheckMasterKey>();
        builder.Services.AddDataProtection().SetApplicationName("AiBotKit");
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(services => new ConfigureOptions<KeyManagementOptions>(ring =>
        {
            var folder = Directory.CreateDirectory(Path.Combine(services.GetRequiredService<DataFolder>().Path, "keys"));
            ring.XmlRepository = new FileSystemXmlRepository(folder, services.GetRequiredService<ILoggerFactory>());
            ring.XmlEncryptor = new MasterKeyXmlEncryptor(services.GetRequiredService<MasterKey>());
        }));
    }
}
