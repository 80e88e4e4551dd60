package io.panocrypt.policy.spi.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForwardingStoreTest {
    private record Call(Method method, List<?> arguments) {}

    private final List<Call> calls = new ArrayList<>();
    private int values;

    /** A store that records its calls, and returns this answer or throws it. */
    private <T> T keeping(Class<T> type, Object answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    calls.add(new Call(method, arguments == null ? List.of() : Arrays.asList(arguments)));
                    if (answer instanceof RuntimeException fault) {
                        throw fault;
                    }
                    return answer;
                }));
    }

    /** All methods of a store, default methods included, except the one whose answer is the forwarding store itself. */
    static Stream<Method> methods() {
        return Arrays.stream(Store.class.getMethods())
                .filter(method -> !method.getName().equals("outbox"));
    }

    static Stream<Method> outboxMethods() {
        return Arrays.stream(OutboxStore.class.getMethods());
    }

    /**
     * A new value each time, if the type allows. Values of the SPI itself are not made, since they are only passed
     * through.
     */
    private Object value(Class<?> type) {
        values++;
        if (type == String.class) {
            return "text " + values;
        }
        if (type == int.class) {
            return values;
        }
        if (type == long.class) {
            return (long) values;
        }
        if (type == boolean.class) {
            return true;
        }
        if (type == Duration.class) {
            return Duration.ofMillis(values);
        }
        if (type == List.class) {
            return List.of(values);
        }
        if (type == Optional.class) {
            return Optional.of(values);
        }
        return type.isEnum() ? type.getEnumConstants()[0] : null;
    }

    private Object[] arguments(Method method) {
        return Arrays.stream(method.getParameterTypes()).map(this::value).toArray();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void handsOnACallWithItsArgumentsAndItsAnswer(Method method) throws Exception {
        Object answer = value(method.getReturnType());
        ForwardingStore store = new ForwardingStore(keeping(Store.class, answer));
        Object[] arguments = arguments(method);
        assertEquals(answer, method.invoke(store, arguments));
        assertEquals(List.of(new Call(method, Arrays.asList(arguments))), calls);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void handsOnAFault(Method method) {
        StoreException fault = new StoreException("away");
        ForwardingStore store = new ForwardingStore(keeping(Store.class, fault));
        assertSame(
                fault,
                assertThrows(InvocationTargetException.class, () -> method.invoke(store, arguments(method)))
                        .getCause());
    }

    @ParameterizedTest
    @MethodSource("outboxMethods")
    void handsOnToTheOutbox(Method method) throws Exception {
        Object answer = value(method.getReturnType());
        OutboxStore outbox = keeping(OutboxStore.class, answer);
        ForwardingStore store = new ForwardingStore(keeping(Store.class, Optional.of(outbox)));
        assertSame(store, store.outbox().orElseThrow());
        calls.clear();
        Object[] arguments = arguments(method);
        assertEquals(answer, method.invoke(store, arguments));
        assertEquals(new Call(method, Arrays.asList(arguments)), calls.get(calls.size() - 1));
    }

    @Test
    void hasNoOutboxIfTheOtherStoreHasNone() {
        ForwardingStore store = new ForwardingStore(keeping(Store.class, Optional.empty()));
        assertEquals(Optional.empty(), store.outbox());
        assertThrows(UnsupportedOperationException.class, store::outboxStatus);
    }
}
