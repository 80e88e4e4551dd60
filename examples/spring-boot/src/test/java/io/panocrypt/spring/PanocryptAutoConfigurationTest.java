package io.panocrypt.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.panocrypt.policy.ApprovalTimes;
import io.panocrypt.policy.Panocrypt;
import io.panocrypt.policy.model.Actor;
import io.panocrypt.policy.model.Device;
import io.panocrypt.policy.model.DeviceChange;
import io.panocrypt.policy.model.Reason;
import io.panocrypt.policy.net.IpAddress;
import io.panocrypt.policy.spi.rule.RuleInput;
import io.panocrypt.policy.spi.rule.UnlockRule;
import io.panocrypt.policy.spi.rule.Verdict;
import io.panocrypt.policy.spi.store.Store;
import io.panocrypt.policy.store.memory.MemoryStore;
import io.panocrypt.servlet.OperatorDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.security.web.SecurityFilterChain;

class PanocryptAutoConfigurationTest {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final String URL = "panocrypt.public-url=http://192.0.2.10/unlock";

    @TempDir
    private Path folder;

    /** A database of its own, which the last connection does not end. */
    private static class Database extends DriverManagerDataSource {
        Database() {
            setUrl("jdbc:h2:mem:context-" + DATABASES.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
        }

        int count(String table) throws SQLException {
            try (Connection connection = getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private static WebApplicationContextRunner bare() {
        return new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        PanocryptAutoConfiguration.class,
                        PanocryptHealthAutoConfiguration.class,
                        PanocryptMetricsAutoConfiguration.class,
                        PanocryptSecurityAutoConfiguration.class));
    }

    private WebApplicationContextRunner runner() {
        return bare().withPropertyValues(URL, "panocrypt.master-key-file=" + folder.resolve("master-key"));
    }

    private static Supplier<MemoryStore> memory() {
        return () -> new MemoryStore(InstantSource.system(), "node-1");
    }

    private static String problem(AssertableWebApplicationContext context) {
        Throwable cause = context.getStartupFailure();
        assertNotNull(cause, "it has started");
        var analysis = new SettingFailureAnalyzer().analyze(cause);
        assertNotNull(analysis, () -> "no clear line: " + cause);
        return analysis.getDescription();
    }

    @Test
    void startsWithTwoPropertiesAndADataSource() {
        Database database = new Database();
        runner().withBean(DataSource.class, () -> database).run(context -> {
            assertNull(context.getStartupFailure());
            assertNotNull(context.getBean(Panocrypt.class));
            assertNotNull(context.getBean("panocryptServlets", ServletContextInitializer.class));
            assertEquals(
                    Status.UP,
                    context.getBean("panocryptHealthIndicator", HealthIndicator.class)
                            .health()
                            .getStatus());
            // Without Boot's own security there is nothing to add to.
            assertEquals(0, context.getBeansOfType(SecurityFilterChain.class).size());
            assertEquals(
                    ApprovalTimes.DEFAULTS,
                    context.getBean(PanocryptProperties.class).approval().times());
            assertTrue(database.count("panocrypt_record") > 0);
        });
    }

    @Test
    void closesTheServiceBeforeTheDataSource() {
        AtomicInteger checkpoints = new AtomicInteger();
        class Closed extends Database implements AutoCloseable {
            @Override
            public void close() throws SQLException {
                checkpoints.set(count("panocrypt_journal WHERE kind = 'CHECKPOINT'"));
            }
        }
        runner().withBean(DataSource.class, Closed::new).run(context -> assertNull(context.getStartupFailure()));
        assertEquals(1, checkpoints.get());
    }

    @Test
    void runsWithoutSecurityActuatorAndMicrometer() {
        runner().withBean(Store.class, memory()::get)
                .withClassLoader(new FilteredClassLoader(
                        "org.springframework.security",
                        "org.springframework.boot.health",
                        "org.springframework.boot.sql",
                        "io.micrometer"))
                .run(context -> {
                    assertNull(context.getStartupFailure());
                    assertNotNull(context.getBean(Panocrypt.class));
                    assertTrue(!context.containsBean("panocryptHealthIndicator")
                            && !context.containsBean("panocryptMetrics"));
                });
    }

    private record Never() implements UnlockRule {
        @Override
        public String name() {
            return "never";
        }

        @Override
        public Verdict evaluate(RuleInput input) {
            return Verdict.deny("never");
        }
    }

    @Test
    void takesTheBeansOfTheApplication() {
        OperatorDirectory nobody = request -> new OperatorDirectory.Nobody("no", java.util.Optional.empty());
        AtomicInteger customized = new AtomicInteger();
        runner().withBean(Store.class, memory()::get)
                .withBean(UnlockRule.class, Never::new)
                .withBean(OperatorDirectory.class, () -> nobody)
                .withBean(PanocryptCustomizer.class, () -> builder -> customized.incrementAndGet())
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> {
                    Panocrypt panocrypt = context.getBean(Panocrypt.class);
                    Device device = panocrypt
                            .devices()
                            .create(
                                    Actor.HOST,
                                    DeviceChange.none().withName("web-1").withSources("192.0.2.1"));
                    assertEquals(
                            Reason.RULE,
                            panocrypt
                                    .dryRun(device.id(), IpAddress.parse("192.0.2.1"))
                                    .reason());
                    assertInstanceOf(MemoryStore.class, context.getBean(Store.class));
                    assertSame(nobody, context.getBean(OperatorDirectory.class));
                    assertNotNull(context.getBean(PanocryptMetrics.class));
                    assertEquals(1, customized.get());
                });
    }

    @Test
    void isOffWhereItIsSwitchedOff() {
        bare().withPropertyValues("panocrypt.enabled=false")
                .run(context ->
                        assertEquals(0, context.getBeansOfType(Panocrypt.class).size()));
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                                    panocrypt.public-url is missing",
        "panocrypt.public-url=http://192.0.2.10,                panocrypt.master-key-file is missing",
        "panocrypt.public-url=ftp://192.0.2.10,                 panocrypt.master-key-file is missing",
    })
    void saysInOneLineWhatIsMissing(String property, String problem) {
        bare().withBean(Store.class, memory()::get)
                .withPropertyValues(property.isEmpty() ? new String[0] : new String[] {property})
                .run(context -> assertTrue(problem(context).startsWith(problem), problem(context)));
    }

    @ParameterizedTest
    @CsvSource({
        "panocrypt.public-url=ftp://192.0.2.10,                 panocrypt: publicUrl must be http or https",
        "panocrypt.approval.window=0s,                          panocrypt: approvalTimes.window must be",
        "panocrypt.trusted-proxies=proxy.example,               panocrypt.trusted-proxies: not an IP",
        "panocrypt.operators.directory=Über uns,                panocrypt.operators.directory: a directory is named",
        "panocrypt.prefix=unlock,                               panocrypt.prefix: the prefix must be",
        "panocrypt.master-key-file=/missing/folder/master-key,  panocrypt.master-key-file: ",
        "server.forward-headers-strategy=framework,             server.forward-headers-strategy=framework believes"
    })
    void saysInOneLineWhatIsWrong(String property, String problem) {
        runner().withBean(Store.class, memory()::get)
                .withPropertyValues(property, "panocrypt.operators.admin-roles=ops-admins")
                .run(context -> assertTrue(problem(context).startsWith(problem), problem(context)));
    }

    @Test
    void needsToKnowWhichDataSource() {
        runner().run(context -> assertTrue(problem(context).startsWith("panocrypt: there is no DataSource")));
        runner().withBean("one", DataSource.class, Database::new)
                .withBean("two", DataSource.class, Database::new)
                .run(context -> assertTrue(problem(context).startsWith("panocrypt: there is no DataSource")));
    }

    @Test
    void takesTheDataSourceThatIsNamedForIt() {
        Database own = new Database();
        BeanDefinitionCustomizer onlyByName =
                definition -> ((org.springframework.beans.factory.support.AbstractBeanDefinition) definition)
                        .setDefaultCandidate(false);
        runner().withBean("one", DataSource.class, Database::new)
                .withBean("panocryptDataSource", DataSource.class, () -> own, onlyByName)
                .run(context -> {
                    assertNull(context.getStartupFailure());
                    assertTrue(own.count("panocrypt_record") > 0);
                    assertInstanceOf(Database.class, context.getBean(DataSource.class));
                    BeanDefinition other = context.getBeanFactory().getBeanDefinition("one");
                    assertTrue(other.isAutowireCandidate());
                });
    }

    @Test
    void keepsTheFirstAdministratorsToken() {
        Path file = folder.resolve("admin-token");
        MemoryStore store = memory().get();
        WebApplicationContextRunner runner = runner().withBean(Store.class, () -> store)
                .withPropertyValues("panocrypt.operators.admin-token-file=" + file);
        String[] first = new String[1];
        runner.run(context -> {
            first[0] = Files.readString(file).strip();
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertTrue(context.getBean(Panocrypt.class)
                    .members()
                    .authenticate(first[0])
                    .isPresent());
        });
        runner.run(context -> {
            assertNull(context.getStartupFailure());
            assertEquals(first[0], Files.readString(file).strip());
        });
    }

    @Test
    void takesNoTokenThatAnybodyCouldGuess() throws Exception {
        Path file = Files.writeString(folder.resolve("admin-token"), "secret\n");
        runner().withBean(Store.class, memory()::get)
                .withPropertyValues("panocrypt.operators.admin-token-file=" + file)
                .run(context -> assertTrue(problem(context).endsWith("holds no token"), problem(context)));
    }
}
