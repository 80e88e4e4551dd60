package io.panocrypt.spring;

import io.panocrypt.crypto.custody.KeyCustody;
import io.panocrypt.crypto.custody.MasterKey;
import io.panocrypt.crypto.custody.SealedKeyCustody;
import io.panocrypt.policy.AdministratorTokenFile;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.ExternalIdentity;
import io.panocrypt.policy.net.Cidr;
import io.panocrypt.policy.spi.event.DecisionListener;
import io.panocrypt.policy.spi.notify.Notifier;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.store.jdbc.JdbcStore;
import io.panocrypt.servlet.OperatorDirectory;
import io.panocrypt.servlet.PanocryptServlets;
import io.panocrypt.servlet.PrincipalDirectory;
import io.panocrypt.servlet.SourceAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The service, with its store, its key and its servlets.
 *
 * <p>Spring destroys beans after those that need them. So the order at a stop is: the web server, the service with its last
 * checkpoint, the key, the store, the application's DataSource.
 */
@AutoConfiguration(afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty(name = "panocrypt.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PanocryptProperties.class)
class PanocryptAutoConfiguration {
    private static final Log LOG = LogFactory.getLog(PanocryptAutoConfiguration.class);

    /** Spring's log outlasts the beans; that of the JDK, which the library uses, ends when the process is told to stop. */
    private static final Log CHECKPOINTS = LogFactory.getLog("io.panocrypt.checkpoint");

    @Bean
    @ConditionalOnMissingBean
    @DependsOnDatabaseInitialization
    Store panocryptStore(
            @Qualifier("panocryptDataSource") ObjectProvider<DataSource> own,
            ObjectProvider<DataSource> any,
            PanocryptProperties settings,
            Environment environment) {
        DataSource source = own.getIfAvailable();
        return DatabaseStore.open(source == null ? any.getIfUnique() : source, settings.store(), environment);
    }

    @Bean
    @ConditionalOnMissingBean({MasterKey.class, KeyCustody.class})
    MasterKey panocryptMasterKey(PanocryptProperties settings, Store store) {
        Path file = settings.masterKeyFile();
        if (file == null) {
            throw new SettingException(
                    "panocrypt.master-key-file is missing: set it to a file apart from the database and"
                            + " its backups; it is made for an unused store");
        }
        try {
            return Panocrypt.openMasterKey(store, file, new SecureRandom());
        } catch (NoSuchFileException e) {
            throw new SettingException(
                    "panocrypt.master-key-file: " + file + " cannot be made: make its folder first, with the mode 0700",
                    e);
        } catch (IOException e) {
            throw new SettingException("panocrypt.master-key-file: " + e, e);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    KeyCustody panocryptCustody(MasterKey masterKey) {
        return SealedKeyCustody.of(masterKey);
    }

    @Bean
    @ConditionalOnMissingBean
    Panocrypt panocrypt(
            PanocryptProperties settings,
            Store store,
            KeyCustody custody,
            ObjectProvider<MasterKey> masterKey,
            ObjectProvider<UnlockRule> rules,
            ObjectProvider<Notifier> notifiers,
            ObjectProvider<DecisionListener> listeners,
            ObjectProvider<PanocryptCustomizer> customizers) {
        Panocrypt.Builder builder = Panocrypt.builder()
                .store(store)
                .custody(custody)
                .publicUrl(settings.publicUrl())
                .ruleTimeout(settings.ruleTimeout())
                .checkpointInterval(settings.checkpointInterval())
                .checkpointLog(checkpoint -> CHECKPOINTS.info(checkpoint.line()))
                .historyRetention(settings.historyRetention())
                .approvalTimes(settings.approval().times());
        if (store instanceof JdbcStore database) {
            builder.clock(database.clock());
        }
        masterKey.ifUnique(builder::backupKey);
        rules.orderedStream().forEach(builder::rule);
        notifiers.orderedStream().forEach(builder::notifier);
        listeners.orderedStream().forEach(builder::listener);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        Panocrypt panocrypt = SettingException.checked("panocrypt", builder::build);
        Path adminToken = settings.operators().adminTokenFile();
        if (adminToken != null) {
            makeAdministrator(panocrypt, adminToken);
        }
        return panocrypt;
    }

    private static void makeAdministrator(Panocrypt panocrypt, Path file) {
        AdministratorTokenFile token = new AdministratorTokenFile(file);
        try {
            if (token.createFirstAdministrator(panocrypt.members())) {
                LOG.info("the token of the first administrator is in " + file);
            } else if (Files.exists(file) && !token.isKnownTo(panocrypt.members())) {
                LOG.warn("the token in " + file + " is not valid (any more): delete the file");
            }
        } catch (IOException e) {
            panocrypt.close();
            throw new SettingException("panocrypt.operators.admin-token-file: " + e, e);
        } catch (RuntimeException e) {
            panocrypt.close();
            throw e;
        }
    }

    @Bean
    @ConditionalOnMissingBean
    OperatorDirectory panocryptOperators(PanocryptProperties settings, Panocrypt panocrypt) {
        PanocryptProperties.OperatorProperties operators = settings.operators();
        OperatorDirectory programs = OperatorDirectory.ofTokens(panocrypt);
        if (operators.roles().isEmpty()) {
            return programs;
        }
        // Checked here, or the first user would meet a wrong name.
        ExternalIdentity example = SettingException.checked(
                "panocrypt.operators.directory", () -> new ExternalIdentity(operators.directory(), "user"));
        PrincipalDirectory users = OperatorDirectory.ofPrincipal(panocrypt, example.directory(), operators.roles());
        return OperatorDirectory.firstOf(
                programs, operators.membersOnFirstSight() ? users.membersOnFirstSight() : users);
    }

    @Bean
    @ConditionalOnMissingBean(name = "panocryptServlets")
    ServletContextInitializer panocryptServlets(
            PanocryptProperties settings, Panocrypt panocrypt, OperatorDirectory operators, Environment environment) {
        ForwardedRequests.check(environment);
        PanocryptServlets servlets = PanocryptServlets.of(panocrypt)
                .operators(operators)
                .sources(SourceAddress.behind(proxies(settings), settings.forwardingHeader()));
        SettingException.checked("panocrypt.prefix", () -> servlets.prefix(settings.prefix()));
        SettingException.checked("panocrypt.body-timeout", () -> servlets.bodyTimeout(settings.bodyTimeout()));
        return servlets::register;
    }

    private static List<Cidr> proxies(PanocryptProperties settings) {
        return SettingException.checked(
                "panocrypt.trusted-proxies",
                () -> settings.trustedProxies().stream().map(Cidr::parse).toList());
    }
}
