package io.panocrypt.testkit.internal.web;

import java.io.IOException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Objects of large interfaces of which the servlets call a few methods. */
final class Partial {
    private static final Object[] NONE = {};

    /** Answers the calls. */
    @FunctionalInterface
    interface Methods {
        /** Throws {@link #missing} for a method that it does not have. */
        @Nullable Object call(String method, Object[] arguments) throws IOException;
    }

    private Partial() {}

    static <T> T of(Class<T> type, Methods methods) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "toString" -> "a " + type.getSimpleName() + " of the testkit";
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> methods.call(method.getName(), arguments == null ? NONE : arguments);
                }));
    }

    static UnsupportedOperationException missing(String method) {
        return new UnsupportedOperationException(method + ": the testkit's server has no such thing; use a container");
    }
}
