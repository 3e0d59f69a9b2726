namespace AiBotKit.Durability.Audit;

/// <summary>What the audit trail records (S-P3). The words are part of the REST API and of stored rows: they never change their meaning.</summary>
internal static class AuditActs
{
    public const string OwnerCreated = "owner_created";
    public const string SetUpRefused = "set_up_refused";
    public const string SignedIn = "signed_in";
    public const string SignInFailed = "sign_in_failed";
    public const string SignedOut = "signed_out";
    public const string SessionEnded = "session_ended";
    public const string SessionsEnded = "sessions_ended";

    public const string SecondFactorOn = "second_factor_on";
    public const string SecondFactorOff = "second_factor_off";
    public const string SecondFactorRefused = "second_factor_refused";
    public const string RecoveryCodeUsed = "recovery_code_used";
    public const string RecoveryCodesRenewed = "recovery_codes_renewed";

    /// <summary>The account demands a second factor of everybody, or does not any more.</summary>
    public const string SecondFactorRequired = "second_factor_required";
    public const string SecondFactorOptional = "second_factor_optional";

    public const string PasswordChanged = "password_changed";
    public const string PasswordResetAsked = "password_reset_asked";
    public const string PasswordResetRefused = "password_reset_refused";
    public const string PasswordReset = "password_reset";

    public const string EmailChangeAsked = "email_change_asked";
    public const string EmailChangeRefused = "email_change_refused";
    public const string EmailChanged = "email_changed";

    /// <summary>The link to the person's own address was used.</summary>
    public const string EmailProven = "email_proven";

    /// <summary>Somebody else proved the address that this person had only named.</summary>
    public const string EmailYielded = "email_yielded";

    /// <summary>Somebody signed up.</summary>
    public const string AccountMade = "account_made";
    public const string AccountRenamed = "account_renamed";
    public const string PersonInvited = "person_invited";
    public const string InvitationRevoked = "invitation_revoked";
    public const string InvitationRefused = "invitation_refused";
    public const string PersonJoined = "person_joined";
    public const string NameChanged = "name_changed";
    public const string RoleChanged = "role_changed";
    public const string PersonDeactivated = "person_deactivated";
    public const string PersonReactivated = "person_reactivated";
    public const string ApiKeyMade = "api_key_made";
    public const string ApiKeyRevoked = "api_key_revoked";
    public const string ApiKeyRefused = "api_key_refused";

    /// <summary>Somebody signed in asked for what only others may do.</summary>
    public const string AccessDenied = "access_denied";

    /// <summary>A secret in the configuration is another one than at the start before.</summary>
    public const string SecretChanged = "secret_changed";

    /// <summary>The key of a connection at its provider.</summary>
    public const string ProviderKeyChanged = "provider_key_changed";

    public const string AiRepliesOff = "ai_replies_off";
    public const string AiRepliesOn = "ai_replies_on";

    /// <summary>A person made a takeover last longer.</summary>
    public const string TakeoverExtended = "takeover_extended";

    public const string LeadFormChanged = "lead_form_changed";

    /// <summary>The configuration made a chatbot or a connection.</summary>
    public const string Seeded = "seeded";

    /// <summary>The configuration overwrote one, because <c>Reseed</c> was set.</summary>
    public const string Reseeded = "reseeded";

    public const string ChatbotCreated = "chatbot_created";
    public const string ChatbotChanged = "chatbot_changed";
    public const string ChatbotDeleted = "chatbot_deleted";

    /// <summary>When a chatbot calls a person.</summary>
    public const string HandoverChanged = "handover_changed";

    public const string ConnectionEnabled = "connection_enabled";
    public const string ConnectionDisabled = "connection_disabled";

    /// <summary>A person disconnected the number, or the provider said that the account is gone: its secrets were deleted.</summary>
    public const string ConnectionDisconnected = "connection_disconnected";

    /// <summary>The operator gave the account another plan or other add-ons.</summary>
    public const string PlanSet = "plan_set";

    /// <summary>Four fifths of the period's AI messages are used.</summary>
    public const string AiMessagesNear = "ai_messages_near";

    /// <summary>None of the period's AI messages is left.</summary>
    public const string AiMessagesUsedUp = "ai_messages_used_up";

    /// <summary>A person had the messages of a pause answered.</summary>
    public const string PausedAnswered = "paused_answered";

    /// <summary>A person connected a number to a chatbot, or connected it anew.</summary>
    public const string ConnectionConnected = "connection_connected";

    /// <summary>The secret that signs a number's callbacks is another one.</summary>
    public const string WebhookSecretChanged = "webhook_secret_changed";

    /// <summary>A person opened the sign-up of a number.</summary>
    public const string SignupOpened = "signup_opened";

    /// <summary>A conversation was given to one of the team, or taken away from them.</summary>
    public const string ConversationAssigned = "conversation_assigned";

    public const string CannedReplySaved = "canned_reply_saved";
    public const string CannedReplyRemoved = "canned_reply_removed";
    public const string ContactRenamed = "contact_renamed";
    public const string ContactsMerged = "contacts_merged";
    public const string ContactSplit = "contact_split";

    /// <summary>All that was stored of a person is gone; the line says neither who it was nor what was said.</summary>
    public const string ContactErased = "contact_erased";

    public const string DeadLetterReplayed = "dead_letter_replayed";
    public const string KnowledgeRemoved = "knowledge_removed";
    public const string QuarantineReleased = "quarantine_released";
    public const string BackupMade = "backup_made";
    public const string BackupDownloaded = "backup_downloaded";
}
