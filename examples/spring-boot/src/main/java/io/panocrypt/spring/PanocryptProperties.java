package io.panocrypt.spring;

import io.panocrypt.policy.ApprovalTimes;
import io.panocrypt.policy.model.Role;
import io.panocrypt.policy.store.jdbc.SchemaMode;
import io.panocrypt.servlet.SourceAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of a service. Immutable.
 *
 * @param enabled Whether there is a service at all.
 * @param publicUrl Where devices reach the service: the URL before /u, with context path and prefix. Required.
 * @param prefix The path before the servlets, within the context path.
 * @param masterKeyFile The file of the master key, made for an unused store. Required unless there is a MasterKey or KeyCustody bean.
 * @param trustedProxies Addresses or blocks of the proxies whose forwarding header counts. Nobody's does by default.
 * @param forwardingHeader The header in which these proxies report the client's address.
 * @param bodyTimeout How long a request may take to send its whole body.
 * @param ruleTimeout How long all rules of one evaluation may take together.
 * @param checkpointInterval How often a checkpoint is taken; zero for never.
 * @param historyRetention How long history and audit are kept, at least a day; zero for ever.
 * @param store The store in the DataSource.
 * @param operators Who operates the service.
 * @param approval How long requests and approvals last.
 */
@ConfigurationProperties("panocrypt")
public record PanocryptProperties(
        @DefaultValue("true") boolean enabled,
        URI publicUrl,
        @DefaultValue("/unlock") String prefix,
        @Nullable Path masterKeyFile,
        @DefaultValue List<String> trustedProxies,
        @DefaultValue("x-forwarded-for") SourceAddress.Header forwardingHeader,
        @DefaultValue("10s") Duration bodyTimeout,
        @DefaultValue("250ms") Duration ruleTimeout,
        @DefaultValue("1m") Duration checkpointInterval,
        @DefaultValue("0s") Duration historyRetention,
        @DefaultValue StoreProperties store,
        @DefaultValue OperatorProperties operators,
        @DefaultValue ApprovalProperties approval) {
    public PanocryptProperties {
        if (publicUrl == null) {
            throw new SettingException(
                    "panocrypt.public-url is missing: set it to the URL at which devices reach the path" + " " + prefix
                            + ", such as https://unlock.example" + prefix);
        }
    }

    /**
     * The store in the DataSource.
     *
     * @param schema What to do with the tables at the start: create or migrate them, validate their version, or none of it.
     * @param node This node's name among those on the database; default the host's name and the server's port.
     * @param timeout How long a write or a short read may take.
     * @param tablePrefix What the names of all tables and indexes begin with.
     */
    public record StoreProperties(
            @DefaultValue("create") SchemaMode schema,
            @Nullable String node,
            @DefaultValue("2s") Duration timeout,
            @DefaultValue("panocrypt_") String tablePrefix) {}

    /**
     * Who operates the service.
     *
     * @param directory The name under which users are stored as members: 1 to 63 of a-z, 0-9, dot and hyphen. Never change it.
     * @param adminRoles Roles of the application whose users are administrators.
     * @param approverRoles Roles of the application whose users are approvers.
     * @param viewerRoles Roles of the application whose users are viewers.
     * @param membersOnFirstSight Whether a user with such a role becomes a member when they come for the first time.
     * @param httpBasic Whether users may send name and password with each call of the API. Otherwise they sign in to the application first.
     * @param adminTokenFile The file to which the token of a new site's first administrator is written; none is made without it.
     */
    public record OperatorProperties(
            @DefaultValue("spring") String directory,
            @DefaultValue List<String> adminRoles,
            @DefaultValue List<String> approverRoles,
            @DefaultValue List<String> viewerRoles,
            @DefaultValue("true") boolean membersOnFirstSight,
            @DefaultValue("false") boolean httpBasic,
            @Nullable Path adminTokenFile) {

        /** Each role of the application with the highest that it gives here. */
        Map<String, Role> roles() {
            Map<String, Role> roles = new HashMap<>();
            viewerRoles.forEach(role -> roles.put(role, Role.VIEWER));
            approverRoles.forEach(role -> roles.put(role, Role.APPROVER));
            adminRoles.forEach(role -> roles.put(role, Role.ADMIN));
            return roles;
        }
    }

    /**
     * How long requests and approvals last.
     *
     * @param pending How long a request lives after its last attempt.
     * @param window How long an approval may be collected.
     * @param temporaryDeny How long a denial refuses.
     * @param silence How long an approver who defers is not notified.
     */
    public record ApprovalProperties(
            @DefaultValue("10m") Duration pending,
            @DefaultValue("5m") Duration window,
            @DefaultValue("15m") Duration temporaryDeny,
            @DefaultValue("10m") Duration silence) {
        ApprovalTimes times() {
            return new ApprovalTimes(pending, window, temporaryDeny, silence);
        }
    }
}
