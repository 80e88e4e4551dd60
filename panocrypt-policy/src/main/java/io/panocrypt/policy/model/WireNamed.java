package io.panocrypt.policy.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A constant that has a name on the wire and in stored text: lower-case, with hyphens, such as {@code no-approver}. */
public interface WireNamed {
    /** The constant's name, as {@link Enum#name()} gives it. */
    String name();

    /** The name on the wire, which never changes: by default the Java name in lower case, with hyphens. */
    default String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The constant with that name, either the one on the wire or the Java name, which earlier releases wrote. */
    static <E extends WireNamed> Optional<E> parse(Class<E> type, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant ->
                        constant.wireName().equals(name) || constant.name().equals(name))
                .findFirst();
    }
}
