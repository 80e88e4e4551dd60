package io.panocrypt.standalone.common;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine.ExitCode;

/** A reason why a command cannot run. Its message is shown unchanged. */
public class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int NOT_INTACT = 4;
    private static final int PIN_REFUSED = 5;

    private final int exitCode;

    public StartupException(String message) {
        super(message);
        this.exitCode = ExitCode.SOFTWARE;
    }

    public StartupException(String message, Throwable cause) {
        super(message, cause);
        this.exitCode = ExitCode.SOFTWARE;
    }

    private StartupException(String message, int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    /** All wrong options in one exception. */
    public static StartupException usage(List<String> problems) {
        return new StartupException(String.join("; ", problems), ExitCode.USAGE);
    }

    /** A file that was checked and is not intact; the exit code is that of a history that is not. */
    public static StartupException notIntact(String problem) {
        return new StartupException(problem, NOT_INTACT);
    }

    /** A token that refused its PIN; the exit code keeps a service manager from trying it again. */
    public static StartupException pinRefused(String problem) {
        return new StartupException(problem, PIN_REFUSED);
    }

    /** A description of a file system fault. For the most common ones the JDK's message is only the file's name. */
    public static String words(IOException fault) {
        if (fault instanceof AccessDeniedException) {
            return "this user may not do that";
        }
        if (fault instanceof FileAlreadyExistsException present) {
            return "there is a file " + present.getFile() + " already";
        }
        if (fault instanceof NoSuchFileException missing) {
            return "there is no " + missing.getFile();
        }
        return fault.getMessage() == null ? "the file system gives no reason" : fault.getMessage();
    }

    public int exitCode() {
        return exitCode;
    }
}
