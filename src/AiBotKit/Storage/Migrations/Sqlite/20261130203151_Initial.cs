using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AiBotKit.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "accounts",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Plan = table.Column<string>(type: "TEXT", nullable: false),
                    PlanStartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExtraMessageUnits = table.Column<int>(type: "INTEGER", nullable: false),
                    ExtraStorageUnits = table.Column<int>(type: "INTEGER", nullable: false),
                    MonthlyAiMessages = table.Column<long>(type: "INTEGER", nullable: true),
                    RequiresSecondFactor = table.Column<bool>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_accounts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Role = table.Column<int>(type: "INTEGER", nullable: false),
                    Hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Last4 = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedById = table.Column<byte[]>(type: "BLOB", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastUsedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    RevokedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_keys", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Act = table.Column<string>(type: "TEXT", nullable: false),
                    By = table.Column<int>(type: "INTEGER", nullable: false),
                    ById = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ByName = table.Column<string>(type: "TEXT", nullable: true),
                    Address = table.Column<string>(type: "TEXT", nullable: true),
                    About = table.Column<string>(type: "TEXT", nullable: true),
                    AboutId = table.Column<string>(type: "TEXT", nullable: true),
                    Detail = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "canned_replies",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Shortcut = table.Column<string>(type: "TEXT", nullable: false),
                    Text = table.Column<string>(type: "TEXT", nullable: false),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_canned_replies", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "chatbots",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    ConfiguredName = table.Column<string>(type: "TEXT", nullable: true),
                    Instructions = table.Column<string>(type: "TEXT", nullable: false),
                    Tone = table.Column<int>(type: "INTEGER", nullable: false),
                    Language = table.Column<string>(type: "TEXT", nullable: true),
                    TimeZone = table.Column<string>(type: "TEXT", nullable: false),
                    FallbackMessage = table.Column<string>(type: "TEXT", nullable: false),
                    Disclosure = table.Column<string>(type: "TEXT", nullable: false),
                    AnswerScope = table.Column<int>(type: "INTEGER", nullable: false),
                    BannedWords = table.Column<string>(type: "TEXT", nullable: false),
                    BannedWordsMessage = table.Column<string>(type: "TEXT", nullable: false),
                    TakeoverHours = table.Column<int>(type: "INTEGER", nullable: true),
                    Languages = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DeletedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_chatbots", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "connections",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Channel = table.Column<string>(type: "TEXT", nullable: false),
                    Provider = table.Column<string>(type: "TEXT", nullable: false),
                    BaseUrl = table.Column<string>(type: "TEXT", nullable: false),
                    BaseUrlFromConfiguration = table.Column<bool>(type: "INTEGER", nullable: false),
                    WabaId = table.Column<string>(type: "TEXT", nullable: false),
                    PhoneNumberId = table.Column<string>(type: "TEXT", nullable: false),
                    DisplayPhoneNumber = table.Column<string>(type: "TEXT", nullable: false),
                    ApiKeyProtected = table.Column<string>(type: "TEXT", nullable: true),
                    ApiKeyLast4 = table.Column<string>(type: "TEXT", nullable: true),
                    WebhookSecretProtected = table.Column<string>(type: "TEXT", nullable: true),
                    PreviousWebhookSecretProtected = table.Column<string>(type: "TEXT", nullable: true),
                    PreviousWebhookSecretUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    CallbackKey = table.Column<string>(type: "TEXT", nullable: true),
                    CallbackHeaderProtected = table.Column<string>(type: "TEXT", nullable: true),
                    CallbackHeaderRequired = table.Column<bool>(type: "INTEGER", nullable: false),
                    VerifyTokenProtected = table.Column<string>(type: "TEXT", nullable: true),
                    WebhookSetAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ConnectingSince = table.Column<long>(type: "INTEGER", nullable: true),
                    TestTokenHash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    TestAskedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    TestArrivedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Enabled = table.Column<bool>(type: "INTEGER", nullable: true),
                    PausedByPlan = table.Column<bool>(type: "INTEGER", nullable: false),
                    PausedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Epoch = table.Column<long>(type: "INTEGER", nullable: false),
                    ConnectedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DisconnectedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    BrokenReason = table.Column<string>(type: "TEXT", nullable: true),
                    ProbeAt = table.Column<long>(type: "INTEGER", nullable: true),
                    MessagesPerSecond = table.Column<int>(type: "INTEGER", nullable: false),
                    PairBurst = table.Column<int>(type: "INTEGER", nullable: false),
                    PairRefillSeconds = table.Column<double>(type: "REAL", nullable: false),
                    MaxInFlightSends = table.Column<int>(type: "INTEGER", nullable: false),
                    EchoesKeys = table.Column<bool>(type: "INTEGER", nullable: true),
                    LastWebhookAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastSendAt = table.Column<long>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_connections", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "conversation_aliases",
                columns: table => new
                {
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Alias = table.Column<string>(type: "TEXT", nullable: false),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_conversation_aliases", x => new { x.ChatbotId, x.Alias });
                });

            migrationBuilder.CreateTable(
                name: "conversation_labels",
                columns: table => new
                {
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Key = table.Column<string>(type: "TEXT", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_conversation_labels", x => new { x.ConversationId, x.Key });
                });

            migrationBuilder.CreateTable(
                name: "conversations",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConnectionId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Channel = table.Column<string>(type: "TEXT", nullable: false),
                    SessionId = table.Column<string>(type: "TEXT", nullable: false),
                    Partition = table.Column<int>(type: "INTEGER", nullable: false),
                    Address = table.Column<string>(type: "TEXT", nullable: false),
                    ContactName = table.Column<string>(type: "TEXT", nullable: true),
                    NameGiven = table.Column<bool>(type: "INTEGER", nullable: false),
                    ProfileName = table.Column<string>(type: "TEXT", nullable: true),
                    AiReplies = table.Column<bool>(type: "INTEGER", nullable: false),
                    AiRepliesReason = table.Column<string>(type: "TEXT", nullable: true),
                    TakenOverBy = table.Column<byte[]>(type: "BLOB", nullable: true),
                    AssignedTo = table.Column<byte[]>(type: "BLOB", nullable: true),
                    TakeoverUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    Epoch = table.Column<long>(type: "INTEGER", nullable: false),
                    LastInboundAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastMessageAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastMessagePreview = table.Column<string>(type: "TEXT", nullable: false),
                    LastMessageRole = table.Column<int>(type: "INTEGER", nullable: false),
                    FailedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Unread = table.Column<int>(type: "INTEGER", nullable: false),
                    WaitingReason = table.Column<string>(type: "TEXT", nullable: true),
                    WaitingSince = table.Column<long>(type: "INTEGER", nullable: true),
                    HandoverToldAt = table.Column<long>(type: "INTEGER", nullable: true),
                    UnansweredInARow = table.Column<int>(type: "INTEGER", nullable: false),
                    DisclosureDue = table.Column<bool>(type: "INTEGER", nullable: false),
                    OutageNoticeSent = table.Column<bool>(type: "INTEGER", nullable: false),
                    MergedIntoId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    KeptApart = table.Column<bool>(type: "INTEGER", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_conversations", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "dead_letters",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ConnectionId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", nullable: false),
                    Route = table.Column<string>(type: "TEXT", nullable: true),
                    Source = table.Column<string>(type: "TEXT", nullable: true),
                    Raw = table.Column<byte[]>(type: "BLOB", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ReplayedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dead_letters", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "email_proofs",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Email = table.Column<string>(type: "TEXT", nullable: false),
                    Hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Stamp = table.Column<string>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_email_proofs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "erasures",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AskedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Conversations = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erasures", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "handovers",
                columns: table => new
                {
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Words = table.Column<string>(type: "TEXT", nullable: false),
                    AfterUnanswered = table.Column<int>(type: "INTEGER", nullable: true),
                    Message = table.Column<string>(type: "TEXT", nullable: false),
                    OpeningHours = table.Column<string>(type: "TEXT", nullable: false),
                    Mails = table.Column<string>(type: "TEXT", nullable: false),
                    TakeoverMessage = table.Column<string>(type: "TEXT", nullable: false),
                    HandbackMessage = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_handovers", x => x.ChatbotId);
                });

            migrationBuilder.CreateTable(
                name: "held_replies",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConnectionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Text = table.Column<string>(type: "TEXT", nullable: false),
                    AuthorName = table.Column<string>(type: "TEXT", nullable: false),
                    NudgeId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_held_replies", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "invitations",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Email = table.Column<string>(type: "TEXT", nullable: false),
                    Role = table.Column<int>(type: "INTEGER", nullable: false),
                    Hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    InvitedBy = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invitations", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "knowledge_chunks",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    DocumentId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Position = table.Column<int>(type: "INTEGER", nullable: false),
                    Kind = table.Column<int>(type: "INTEGER", nullable: false),
                    Heading = table.Column<string>(type: "TEXT", nullable: true),
                    Question = table.Column<string>(type: "TEXT", nullable: true),
                    Body = table.Column<string>(type: "TEXT", nullable: false),
                    Language = table.Column<string>(type: "TEXT", nullable: false),
                    Vectors = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_knowledge_chunks", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "knowledge_documents",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SourceId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Title = table.Column<string>(type: "TEXT", nullable: false),
                    Format = table.Column<string>(type: "TEXT", nullable: false),
                    Content = table.Column<string>(type: "TEXT", nullable: false),
                    Fingerprint = table.Column<string>(type: "TEXT", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_knowledge_documents", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "knowledge_gaps",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Key = table.Column<string>(type: "TEXT", nullable: false),
                    Question = table.Column<string>(type: "TEXT", nullable: false),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Count = table.Column<int>(type: "INTEGER", nullable: false),
                    FirstSeenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastSeenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Nearest = table.Column<string>(type: "TEXT", nullable: false),
                    Evidence = table.Column<double>(type: "REAL", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_knowledge_gaps", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "knowledge_sources",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Kind = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_knowledge_sources", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "lead_forms",
                columns: table => new
                {
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    Settings = table.Column<string>(type: "TEXT", nullable: false),
                    ChangedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_lead_forms", x => x.ChatbotId);
                });

            migrationBuilder.CreateTable(
                name: "lead_talks",
                columns: table => new
                {
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    State = table.Column<string>(type: "TEXT", nullable: false),
                    Before = table.Column<string>(type: "TEXT", nullable: true),
                    TurnId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    HeardSeq = table.Column<long>(type: "INTEGER", nullable: true),
                    Epoch = table.Column<long>(type: "INTEGER", nullable: false),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    OpeningText = table.Column<string>(type: "TEXT", nullable: true),
                    OpeningState = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_lead_talks", x => x.ConversationId);
                });

            migrationBuilder.CreateTable(
                name: "leads",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: true),
                    Email = table.Column<string>(type: "TEXT", nullable: true),
                    Phone = table.Column<string>(type: "TEXT", nullable: true),
                    Own = table.Column<string>(type: "TEXT", nullable: false),
                    Words = table.Column<string>(type: "TEXT", nullable: false),
                    ConsentText = table.Column<string>(type: "TEXT", nullable: true),
                    ConsentAt = table.Column<long>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    CompletedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ToldAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leads", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "mails",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    To = table.Column<string>(type: "TEXT", nullable: false),
                    Subject = table.Column<string>(type: "TEXT", nullable: false),
                    TextProtected = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    SentAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    Problem = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_mails", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "media",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConnectionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    MessageId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    MessageSeq = table.Column<long>(type: "INTEGER", nullable: false),
                    Family = table.Column<string>(type: "TEXT", nullable: false),
                    ProviderMediaId = table.Column<string>(type: "TEXT", nullable: true),
                    FileName = table.Column<string>(type: "TEXT", nullable: true),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    ContentType = table.Column<string>(type: "TEXT", nullable: true),
                    Size = table.Column<long>(type: "INTEGER", nullable: true),
                    StoredName = table.Column<string>(type: "TEXT", nullable: true),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Problem = table.Column<string>(type: "TEXT", nullable: true),
                    PreviewDueAt = table.Column<long>(type: "INTEGER", nullable: true),
                    PreviewTries = table.Column<int>(type: "INTEGER", nullable: false),
                    Width = table.Column<int>(type: "INTEGER", nullable: true),
                    Height = table.Column<int>(type: "INTEGER", nullable: true),
                    LengthMs = table.Column<long>(type: "INTEGER", nullable: true),
                    Transcript = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_media", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "message_templates",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConnectionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Language = table.Column<string>(type: "TEXT", nullable: false),
                    Category = table.Column<string>(type: "TEXT", nullable: false),
                    Status = table.Column<string>(type: "TEXT", nullable: false),
                    StatusReason = table.Column<string>(type: "TEXT", nullable: true),
                    StatusAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Components = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_message_templates", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "messages",
                columns: table => new
                {
                    Seq = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Role = table.Column<int>(type: "INTEGER", nullable: false),
                    Type = table.Column<string>(type: "TEXT", nullable: false),
                    Text = table.Column<string>(type: "TEXT", nullable: false),
                    Content = table.Column<string>(type: "TEXT", nullable: true),
                    ProviderMessageId = table.Column<string>(type: "TEXT", nullable: true),
                    Via = table.Column<string>(type: "TEXT", nullable: true),
                    ReplyTo = table.Column<string>(type: "TEXT", nullable: true),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Status = table.Column<int>(type: "INTEGER", nullable: false),
                    Outcome = table.Column<string>(type: "TEXT", nullable: true),
                    TurnId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    StartsTurn = table.Column<bool>(type: "INTEGER", nullable: false),
                    FailureCode = table.Column<int>(type: "INTEGER", nullable: true),
                    FailureReason = table.Column<string>(type: "TEXT", nullable: true),
                    PossibleDuplicate = table.Column<bool>(type: "INTEGER", nullable: false),
                    AuthorName = table.Column<string>(type: "TEXT", nullable: true),
                    Citations = table.Column<string>(type: "TEXT", nullable: true),
                    EditedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    RevokedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_messages", x => x.Seq);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConnectionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    MessageSeq = table.Column<long>(type: "INTEGER", nullable: false),
                    TurnId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Part = table.Column<int>(type: "INTEGER", nullable: false),
                    Follows = table.Column<bool>(type: "INTEGER", nullable: false),
                    Author = table.Column<int>(type: "INTEGER", nullable: false),
                    Key = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    Waits = table.Column<int>(type: "INTEGER", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ConversationEpoch = table.Column<long>(type: "INTEGER", nullable: false),
                    ConnectionEpoch = table.Column<long>(type: "INTEGER", nullable: false),
                    Recipient = table.Column<string>(type: "TEXT", nullable: false),
                    Text = table.Column<string>(type: "TEXT", nullable: false),
                    Payload = table.Column<string>(type: "TEXT", nullable: true),
                    PossibleDuplicate = table.Column<bool>(type: "INTEGER", nullable: false),
                    UsagePeriod = table.Column<long>(type: "INTEGER", nullable: true),
                    EndReason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "parked_statuses",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ConnectionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ProviderMessageId = table.Column<string>(type: "TEXT", nullable: false),
                    Status = table.Column<int>(type: "INTEGER", nullable: false),
                    FailureKind = table.Column<int>(type: "INTEGER", nullable: true),
                    FailureCode = table.Column<int>(type: "INTEGER", nullable: true),
                    FailureReason = table.Column<string>(type: "TEXT", nullable: true),
                    ParkedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_parked_statuses", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "password_resets",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Stamp = table.Column<string>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_password_resets", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "people",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Email = table.Column<string>(type: "TEXT", nullable: false),
                    EmailProvenAt = table.Column<long>(type: "INTEGER", nullable: true),
                    YieldedEmail = table.Column<string>(type: "TEXT", nullable: true),
                    DisplayName = table.Column<string>(type: "TEXT", nullable: false),
                    PasswordHash = table.Column<string>(type: "TEXT", nullable: false),
                    SecurityStamp = table.Column<string>(type: "TEXT", nullable: false),
                    Role = table.Column<int>(type: "INTEGER", nullable: false),
                    IsFirst = table.Column<bool>(type: "INTEGER", nullable: false),
                    DeactivatedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    AuthenticatorKeyProtected = table.Column<string>(type: "TEXT", nullable: true),
                    SecondFactorSince = table.Column<long>(type: "INTEGER", nullable: true),
                    LastCodeStep = table.Column<long>(type: "INTEGER", nullable: false),
                    RecoveryCodes = table.Column<string>(type: "TEXT", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_people", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "raw_items",
                columns: table => new
                {
                    MessageSeq = table.Column<long>(type: "INTEGER", nullable: false),
                    Json = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ReceivedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_raw_items", x => x.MessageSeq);
                });

            migrationBuilder.CreateTable(
                name: "reply_drafts",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Text = table.Column<string>(type: "TEXT", nullable: false),
                    Citations = table.Column<string>(type: "TEXT", nullable: false),
                    Trace = table.Column<string>(type: "TEXT", nullable: false),
                    AskedBy = table.Column<byte[]>(type: "BLOB", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_reply_drafts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "send_attempts",
                columns: table => new
                {
                    OutboxId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    ConnectionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ProviderMessageId = table.Column<string>(type: "TEXT", nullable: true),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Status = table.Column<int>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_send_attempts", x => new { x.OutboxId, x.Attempt });
                });

            migrationBuilder.CreateTable(
                name: "sessions",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    KeyHash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastSeenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Address = table.Column<string>(type: "TEXT", nullable: true),
                    Agent = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sessions", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "settings",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settings", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "signup_states",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ChatbotId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PersonId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UsedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_signup_states", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "template_syncs",
                columns: table => new
                {
                    ConnectionId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SyncedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Problem = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_template_syncs", x => x.ConnectionId);
                });

            migrationBuilder.CreateTable(
                name: "turns",
                columns: table => new
                {
                    Id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Result = table.Column<string>(type: "TEXT", nullable: false),
                    AnswerKind = table.Column<string>(type: "TEXT", nullable: false),
                    Draft = table.Column<string>(type: "TEXT", nullable: false),
                    Trace = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_turns", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "usage_counters",
                columns: table => new
                {
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    PeriodStart = table.Column<long>(type: "INTEGER", nullable: false),
                    AiMessages = table.Column<long>(type: "INTEGER", nullable: false),
                    NearToldOf = table.Column<long>(type: "INTEGER", nullable: true),
                    OutToldOf = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_counters", x => new { x.AccountId, x.PeriodStart });
                });

            migrationBuilder.CreateTable(
                name: "work",
                columns: table => new
                {
                    ConversationId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    AccountId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Partition = table.Column<int>(type: "INTEGER", nullable: false),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: false),
                    FirstUnansweredAt = table.Column<long>(type: "INTEGER", nullable: false),
                    RunId = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    Alone = table.Column<int>(type: "INTEGER", nullable: false),
                    Redone = table.Column<bool>(type: "INTEGER", nullable: false),
                    Asked = table.Column<bool>(type: "INTEGER", nullable: false, defaultValue: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_work", x => x.ConversationId);
                });

            migrationBuilder.CreateIndex(
                name: "IX_api_keys_AccountId_CreatedAt",
                table: "api_keys",
                columns: new[] { "AccountId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_api_keys_Hash",
                table: "api_keys",
                column: "Hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_audit_AccountId_At",
                table: "audit",
                columns: new[] { "AccountId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_canned_replies_AccountId_Shortcut",
                table: "canned_replies",
                columns: new[] { "AccountId", "Shortcut" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_chatbots_AccountId_Name",
                table: "chatbots",
                columns: new[] { "AccountId", "Name" },
                unique: true,
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_connections_ChatbotId_Channel",
                table: "connections",
                columns: new[] { "ChatbotId", "Channel" },
                unique: true,
                filter: "\"DisconnectedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_connections_PhoneNumberId",
                table: "connections",
                column: "PhoneNumberId",
                unique: true,
                filter: "\"DisconnectedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_conversation_aliases_ConversationId",
                table: "conversation_aliases",
                column: "ConversationId");

            migrationBuilder.CreateIndex(
                name: "IX_conversation_labels_AccountId_Key_ConversationId",
                table: "conversation_labels",
                columns: new[] { "AccountId", "Key", "ConversationId" });

            migrationBuilder.CreateIndex(
                name: "IX_conversations_ChatbotId_SessionId",
                table: "conversations",
                columns: new[] { "ChatbotId", "SessionId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_conversations_MergedIntoId",
                table: "conversations",
                column: "MergedIntoId",
                filter: "\"MergedIntoId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_conversations_TakeoverUntil",
                table: "conversations",
                column: "TakeoverUntil",
                filter: "\"TakeoverUntil\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_conversations_list",
                table: "conversations",
                columns: new[] { "AccountId", "LastMessageAt", "Id", "MergedIntoId", "ChatbotId", "Unread", "AiReplies", "AiRepliesReason", "WaitingReason", "LastInboundAt", "FailedAt", "TakenOverBy", "AssignedTo", "Channel" });

            migrationBuilder.CreateIndex(
                name: "IX_conversations_waiting",
                table: "conversations",
                columns: new[] { "AccountId", "WaitingSince", "Id" },
                filter: "\"WaitingReason\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_dead_letters_AccountId_CreatedAt",
                table: "dead_letters",
                columns: new[] { "AccountId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_email_proofs_Hash",
                table: "email_proofs",
                column: "Hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_email_proofs_PersonId",
                table: "email_proofs",
                column: "PersonId");

            migrationBuilder.CreateIndex(
                name: "IX_held_replies_ConversationId",
                table: "held_replies",
                column: "ConversationId");

            migrationBuilder.CreateIndex(
                name: "IX_held_replies_waiting",
                table: "held_replies",
                column: "ConversationId",
                filter: "\"State\" = 0");

            migrationBuilder.CreateIndex(
                name: "IX_invitations_AccountId_CreatedAt",
                table: "invitations",
                columns: new[] { "AccountId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_invitations_Hash",
                table: "invitations",
                column: "Hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_knowledge_chunks_ChatbotId",
                table: "knowledge_chunks",
                column: "ChatbotId");

            migrationBuilder.CreateIndex(
                name: "IX_knowledge_chunks_DocumentId_Position",
                table: "knowledge_chunks",
                columns: new[] { "DocumentId", "Position" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_knowledge_documents_ChatbotId",
                table: "knowledge_documents",
                column: "ChatbotId");

            migrationBuilder.CreateIndex(
                name: "IX_knowledge_documents_SourceId_Name",
                table: "knowledge_documents",
                columns: new[] { "SourceId", "Name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_knowledge_gaps_AccountId_Id",
                table: "knowledge_gaps",
                columns: new[] { "AccountId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_knowledge_gaps_ChatbotId_Key",
                table: "knowledge_gaps",
                columns: new[] { "ChatbotId", "Key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_knowledge_sources_ChatbotId_Kind",
                table: "knowledge_sources",
                columns: new[] { "ChatbotId", "Kind" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_lead_talks_DueAt",
                table: "lead_talks",
                column: "DueAt",
                filter: "\"DueAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_leads_AccountId_CreatedAt",
                table: "leads",
                columns: new[] { "AccountId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_leads_ConversationId",
                table: "leads",
                column: "ConversationId");

            migrationBuilder.CreateIndex(
                name: "IX_mails_DueAt",
                table: "mails",
                column: "DueAt");

            migrationBuilder.CreateIndex(
                name: "IX_media_DueAt",
                table: "media",
                column: "DueAt",
                filter: "\"DueAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_media_MessageId",
                table: "media",
                column: "MessageId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_media_MessageSeq",
                table: "media",
                column: "MessageSeq");

            migrationBuilder.CreateIndex(
                name: "IX_media_PreviewDueAt",
                table: "media",
                column: "PreviewDueAt",
                filter: "\"PreviewDueAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_message_templates_ConnectionId_Name_Language",
                table: "message_templates",
                columns: new[] { "ConnectionId", "Name", "Language" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_messages_ConversationId_At_Seq",
                table: "messages",
                columns: new[] { "ConversationId", "At", "Seq" });

            migrationBuilder.CreateIndex(
                name: "IX_messages_ConversationId_Via",
                table: "messages",
                columns: new[] { "ConversationId", "Via" },
                filter: "\"Via\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_messages_Id",
                table: "messages",
                column: "Id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_messages_paused",
                table: "messages",
                column: "ConversationId",
                filter: "\"Outcome\" IN ('paused', 'plan')");

            migrationBuilder.CreateIndex(
                name: "IX_messages_unanswered",
                table: "messages",
                column: "ConversationId",
                filter: "\"Outcome\" IS NULL AND \"Role\" = 0");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_ConversationId_StartedAt",
                table: "outbox",
                columns: new[] { "ConversationId", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_outbox_Key",
                table: "outbox",
                column: "Key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_MessageSeq",
                table: "outbox",
                column: "MessageSeq");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_TurnId_Part",
                table: "outbox",
                columns: new[] { "TurnId", "Part" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_open",
                table: "outbox",
                column: "ConversationId",
                filter: "\"State\" < 3");

            migrationBuilder.CreateIndex(
                name: "IX_parked_statuses_ConnectionId_ProviderMessageId",
                table: "parked_statuses",
                columns: new[] { "ConnectionId", "ProviderMessageId" });

            migrationBuilder.CreateIndex(
                name: "IX_password_resets_Hash",
                table: "password_resets",
                column: "Hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_password_resets_PersonId",
                table: "password_resets",
                column: "PersonId");

            migrationBuilder.CreateIndex(
                name: "IX_people_AccountId",
                table: "people",
                column: "AccountId");

            migrationBuilder.CreateIndex(
                name: "IX_people_Email",
                table: "people",
                column: "Email",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_people_YieldedEmail",
                table: "people",
                column: "YieldedEmail");

            migrationBuilder.CreateIndex(
                name: "IX_reply_drafts_ConversationId",
                table: "reply_drafts",
                column: "ConversationId");

            migrationBuilder.CreateIndex(
                name: "IX_send_attempts_ConnectionId_ProviderMessageId",
                table: "send_attempts",
                columns: new[] { "ConnectionId", "ProviderMessageId" },
                filter: "\"ProviderMessageId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_sessions_AccountId_LastSeenAt",
                table: "sessions",
                columns: new[] { "AccountId", "LastSeenAt" });

            migrationBuilder.CreateIndex(
                name: "IX_sessions_KeyHash",
                table: "sessions",
                column: "KeyHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_sessions_PersonId",
                table: "sessions",
                column: "PersonId");

            migrationBuilder.CreateIndex(
                name: "IX_signup_states_AccountId_ChatbotId",
                table: "signup_states",
                columns: new[] { "AccountId", "ChatbotId" });

            migrationBuilder.CreateIndex(
                name: "IX_signup_states_Hash",
                table: "signup_states",
                column: "Hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_template_syncs_DueAt",
                table: "template_syncs",
                column: "DueAt");

            migrationBuilder.CreateIndex(
                name: "IX_turns_ConversationId",
                table: "turns",
                column: "ConversationId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "accounts");

            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "canned_replies");

            migrationBuilder.DropTable(
                name: "chatbots");

            migrationBuilder.DropTable(
                name: "connections");

            migrationBuilder.DropTable(
                name: "conversation_aliases");

            migrationBuilder.DropTable(
                name: "conversation_labels");

            migrationBuilder.DropTable(
                name: "conversations");

            migrationBuilder.DropTable(
                name: "dead_letters");

            migrationBuilder.DropTable(
                name: "email_proofs");

            migrationBuilder.DropTable(
                name: "erasures");

            migrationBuilder.DropTable(
                name: "handovers");

            migrationBuilder.DropTable(
                name: "held_replies");

            migrationBuilder.DropTable(
                name: "invitations");

            migrationBuilder.DropTable(
                name: "knowledge_chunks");

            migrationBuilder.DropTable(
                name: "knowledge_documents");

            migrationBuilder.DropTable(
                name: "knowledge_gaps");

            migrationBuilder.DropTable(
                name: "knowledge_sources");

            migrationBuilder.DropTable(
                name: "lead_forms");

            migrationBuilder.DropTable(
                name: "lead_talks");

            migrationBuilder.DropTable(
                name: "leads");

            migrationBuilder.DropTable(
                name: "mails");

            migrationBuilder.DropTable(
                name: "media");

            migrationBuilder.DropTable(
                name: "message_templates");

            migrationBuilder.DropTable(
                name: "messages");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "parked_statuses");

            migrationBuilder.DropTable(
                name: "password_resets");

            migrationBuilder.DropTable(
                name: "people");

            migrationBuilder.DropTable(
                name: "raw_items");

            migrationBuilder.DropTable(
                name: "reply_drafts");

            migrationBuilder.DropTable(
                name: "send_attempts");

            migrationBuilder.DropTable(
                name: "sessions");

            migrationBuilder.DropTable(
                name: "settings");

            migrationBuilder.DropTable(
                name: "signup_states");

            migrationBuilder.DropTable(
                name: "template_syncs");

            migrationBuilder.DropTable(
                name: "turns");

            migrationBuilder.DropTable(
                name: "usage_counters");

            migrationBuilder.DropTable(
                name: "work");
        }
    }
}
