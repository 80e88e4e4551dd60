package io.panocrypt.testkit.powerloss;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A system call of a traced program, as printed by {@code strace -y}.
 *
 * @param name such as {@code pwrite64}
 * @param arguments as printed, without the commas
 * @param result the return value; {@link #UNFINISHED} if the call never returned
 */
record SystemCall(String name, List<String> arguments, long result) {
    static final long UNFINISHED = Long.MIN_VALUE;

    /** Parses {@code name(arguments) = result}. */
    static SystemCall parse(String text) {
        int open = text.indexOf('(');
        List<String> arguments = new ArrayList<>();
        int end = split(text, open + 1, arguments);
        String answer = text.substring(end + 1).strip();
        return new SystemCall(text.substring(0, open), arguments, result(answer));
    }

    private static long result(String answer) {
        if (!answer.startsWith("= ")) {
            return UNFINISHED;
        }
        String number = answer.substring(2).split("[ <]", 2)[0];
        return number.equals("?") ? UNFINISHED : Long.decode(number);
    }

    /**
     * Adds the arguments that start at the index. Returns the index of the closing parenthesis, or the end of the text.
     */
    private static int split(String text, int from, List<String> arguments) {
        int start = from;
        boolean quoted = false;
        int depth = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                quoted = c != '"';
                i += c == '\\' ? 1 : 0;
            } else if (c == '"') {
                quoted = true;
            } else if ("<[{(".indexOf(c) >= 0) {
                depth++;
            } else if (depth > 0 && ">]})".indexOf(c) >= 0) {
                depth--;
            } else if (depth == 0 && (c == ',' || c == ')')) {
                arguments.add(text.substring(start, i).strip());
                start = i + 1;
                if (c == ')') {
                    return i;
                }
            }
        }
        arguments.add(text.substring(start).strip());
        return text.length() - 1;
    }

    boolean succeeded() {
        return result >= 0;
    }

    long number(int argument) {
        return Long.decode(arguments.get(argument));
    }

    int descriptor(int argument) {
        return Integer.parseInt(arguments.get(argument).split("<", 2)[0]);
    }

    String path(int argument) {
        return new String(bytes(argument), StandardCharsets.UTF_8);
    }

    /** The bytes of a C string. */
    byte[] bytes(int argument) {
        String text = arguments.get(argument);
        if (text.length() < 2 || text.charAt(0) != '"' || text.charAt(text.length() - 1) != '"') {
            throw new IllegalArgumentException("not a whole string in " + name);
        }
        byte[] bytes = new byte[text.length()];
        int length = 0;
        int i = 1;
        while (i < text.length() - 1) {
            char c = text.charAt(i++);
            if (c != '\\') {
                bytes[length++] = (byte) c;
                continue;
            }
            char escape = text.charAt(i++);
            int octal = Character.digit(escape, 8);
            if (octal < 0) {
                bytes[length++] = escaped(escape);
                continue;
            }
            for (int digits = 1; digits < 3 && Character.digit(text.charAt(i), 8) >= 0; digits++) {
                octal = octal * 8 + Character.digit(text.charAt(i++), 8);
            }
            bytes[length++] = (byte) octal;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static byte escaped(char letter) {
        return switch (letter) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'v' -> 0x0b;
            case '"', '\\' -> (byte) letter;
            default -> throw new IllegalArgumentException("strace does not write \\" + letter);
        };
    }
}
