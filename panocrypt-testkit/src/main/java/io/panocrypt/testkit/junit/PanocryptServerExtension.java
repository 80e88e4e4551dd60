package io.panocrypt.testkit.junit;

import io.panocrypt.policy.Panocrypt;
import io.panocrypt.testkit.support.MutableClock;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Starts the services of {@link PanocryptServer}: in the context of the first that has a parameter, which also closes it. */
final class PanocryptServerExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace SERVICES =
            ExtensionContext.Namespace.create(PanocryptServerExtension.class);

    private static final Map<Class<?>, Function<RunningServer, Object>> PARAMETERS = Map.of(
            Panocrypt.class, RunningServer::panocrypt,
            URI.class, RunningServer::url,
            MutableClock.class, RunningServer::clock,
            ClevisClient.class, RunningServer::clevis);

    PanocryptServerExtension() {}

    /** A constructor has the same service as the test for which it is called. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return PARAMETERS.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Function<RunningServer, Object> part =
                Objects.requireNonNull(PARAMETERS.get(parameter.getParameter().getType()));
        return part.apply(server(context));
    }

    /** Finds the service of an enclosing context too. */
    private static RunningServer server(ExtensionContext context) {
        ExtensionContext.Store services = context.getStore(SERVICES);
        RunningServer running = services.get(RunningServer.class, RunningServer.class);
        if (running == null) {
            running = RunningServer.start(settings(context.getRequiredTestClass()));
            services.put(RunningServer.class, running);
        }
        return running;
    }

    /** A nested class has the annotation of the class around it, if it has none itself. */
    private static PanocryptServer settings(Class<?> testClass) {
        for (Class<?> type = testClass; type != null; type = type.getEnclosingClass()) {
            PanocryptServer found = AnnotationSupport.findAnnotation(type, PanocryptServer.class)
                    .orElse(null);
            if (found != null) {
                return found;
            }
        }
        throw new ExtensionConfigurationException(testClass.getName() + " needs the annotation @PanocryptServer");
    }
}
