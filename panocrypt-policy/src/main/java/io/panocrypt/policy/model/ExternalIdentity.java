package io.panocrypt.policy.model;

import java.util.regex.Pattern;

/**
 * Who a member is in a directory outside, such as the users of the host application. Immutable.
 *
 * @param directory the directory's name, 1 to 63 of {@code [a-z0-9.-]}; never changes, because it is stored
 * @param subject the directory's permanent name for the user, 1 to 256 characters without control characters. It is
 *     compared exactly, so the directory must always give the same one: two spellings are two members with two votes
 */
public record ExternalIdentity(String directory, String subject) {
    private static final Pattern DIRECTORY = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");
    private static final int MAX_SUBJECT = 256;

    /** @throws OperationException {@code INVALID} if a part is not as described */
    public ExternalIdentity {
        if (!DIRECTORY.matcher(directory).matches()) {
            throw invalid("a directory is named by 1 to 63 of [a-z0-9.-], beginning with a letter or a digit");
        }
        if (subject.isEmpty()
                || subject.length() > MAX_SUBJECT
                || !subject.codePoints().allMatch(c -> isText(c))) {
            throw invalid("a subject is 1 to " + MAX_SUBJECT + " characters without control characters");
        }
    }

    private static boolean isText(int codePoint) {
        return !Character.isISOControl(codePoint) && Character.getType(codePoint) != Character.SURROGATE;
    }

    private static OperationException invalid(String problem) {
        return new OperationException(OperationException.Kind.INVALID, problem);
    }
}
