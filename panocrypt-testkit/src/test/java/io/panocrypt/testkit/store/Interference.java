package io.panocrypt.testkit.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Intercepts each plain statement between a store and its database, before and after it runs. */
interface Interference {
    /** An exception here prevents the statement. */
    void before(String sql) throws SQLException;

    /** An exception here hides that the statement ran. */
    void after(String sql) throws SQLException;

    /** Wraps the data source with an interference. */
    static DataSource between(DataSource source, Interference interference) {
        return intercept(DataSource.class, (proxy, method, arguments) -> {
            Object answer = call(source, method, arguments);
            return answer instanceof Connection connection ? connection(connection, interference) : answer;
        });
    }

    /** Wraps the data source: its connections start with auto-commit off, as with some pools. */
    static DataSource withoutAutoCommit(DataSource source) {
        return intercept(DataSource.class, (proxy, method, arguments) -> {
            Object answer = call(source, method, arguments);
            if (answer instanceof Connection connection) {
                connection.setAutoCommit(false);
            }
            return answer;
        });
    }

    /** Wraps the data source to record the text of every prepared statement. */
    static DataSource listening(DataSource source, Set<String> prepared) {
        return intercept(DataSource.class, (proxy, method, arguments) -> {
            Object answer = call(source, method, arguments);
            return answer instanceof Connection connection ? listening(connection, prepared) : answer;
        });
    }

    /** Wraps the data source to record the text of every statement that is executed, in order. */
    static DataSource recording(DataSource source, List<String> executed) {
        return intercept(DataSource.class, (proxy, method, arguments) -> {
            Object answer = call(source, method, arguments);
            return answer instanceof Connection connection ? recording(connection, executed) : answer;
        });
    }

    /** Wraps the data source: returns {@code first} connections, and afterwards always {@code then}. */
    static DataSource giving(DataSource source, int first, Connection then) {
        AtomicInteger given = new AtomicInteger();
        return intercept(
                DataSource.class,
                (proxy, method, arguments) ->
                        method.getName().equals("getConnection") && given.incrementAndGet() > first
                                ? then
                                : call(source, method, arguments));
    }

    /** Wraps the data source: returns the chosen connection, or one of its own if that is null. */
    static DataSource choosing(DataSource source, Supplier<@Nullable Connection> chosen) {
        return intercept(DataSource.class, (proxy, method, arguments) -> {
            Connection other = method.getName().equals("getConnection") ? chosen.get() : null;
            return other == null ? call(source, method, arguments) : other;
        });
    }

    /** Wraps a connection: it cannot be closed, and records every network timeout set on it. */
    static Connection kept(Connection connection, List<Integer> silences) {
        return intercept(Connection.class, (proxy, method, arguments) -> {
            if (method.getName().equals("setNetworkTimeout")) {
                silences.add((Integer) arguments[1]);
            }
            return method.getName().equals("close") ? null : call(connection, method, arguments);
        });
    }

    private static Connection listening(Connection connection, Set<String> prepared) {
        return intercept(Connection.class, (proxy, method, arguments) -> {
            if (method.getName().equals("prepareStatement")) {
                prepared.add((String) arguments[0]);
            }
            return call(connection, method, arguments);
        });
    }

    private static Connection recording(Connection connection, List<String> executed) {
        return intercept(Connection.class, (proxy, method, arguments) -> {
            Object answer = call(connection, method, arguments);
            if (answer instanceof PreparedStatement prepared) {
                return recording(PreparedStatement.class, prepared, given -> (String) arguments[0], executed);
            }
            return answer instanceof Statement statement
                    ? recording(Statement.class, statement, given -> (String) given[0], executed)
                    : answer;
        });
    }

    private static <S extends Statement> S recording(
            Class<S> type, S statement, Function<Object[], String> sql, List<String> executed) {
        return intercept(type, (proxy, method, arguments) -> {
            if (method.getName().startsWith("execute")) {
                executed.add(sql.apply(arguments));
            }
            return call(statement, method, arguments);
        });
    }

    private static Connection connection(Connection connection, Interference interference) {
        return intercept(Connection.class, (proxy, method, arguments) -> {
            Object answer = call(connection, method, arguments);
            return method.getName().equals("createStatement") ? statement((Statement) answer, interference) : answer;
        });
    }

    private static Statement statement(Statement statement, Interference interference) {
        return intercept(Statement.class, (proxy, method, arguments) -> {
            if (!method.getName().equals("execute")) {
                return call(statement, method, arguments);
            }
            interference.before((String) arguments[0]);
            Object answer = call(statement, method, arguments);
            interference.after((String) arguments[0]);
            return answer;
        });
    }

    private static <T> T intercept(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
