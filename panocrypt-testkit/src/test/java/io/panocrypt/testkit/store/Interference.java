package io.panocrypt.testkit.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Stands between a store and its database, and hears of each plain statement before and after it is run. */
interface Interference {
    /** A fault here keeps the statement from being run. */
    void before(String sql) throws SQLException;

    /** A fault here hides that the statement was run. */
    void after(String sql) throws SQLException;

    /** The data source with this in between. */
    static DataSource between(DataSource source, Interference interference) {
        return intercept(DataSource.class, (proxy, method, arguments) -> {
            Object answer = call(source, method, arguments);
            return answer instanceof Connection connection ? connection(connection, interference) : answer;
        });
    }

    /** The data source, whose connections come with auto-commit off as some pools are set. */
    static DataSource withoutAutoCommit(DataSource source) {
        return intercept(DataSource.class, (proxy, method, arguments) -> {
            Object answer = call(source, method, arguments);
            if (answer instanceof Connection connection) {
                connection.setAutoCommit(false);
            }
            return answer;
        });
    }

    /** The data source, which notes the text of every statement that is prepared. */
    static DataSource listening(DataSource source, Set<String> prepared) {
        return intercept(DataSource.class, (proxy, method, arguments) -> {
            Object answer = call(source, method, arguments);
            return answer instanceof Connection connection ? listening(connection, prepared) : answer;
        });
    }

    /** The data source, which gives so many connections and from then on always that one. */
    static DataSource giving(DataSource source, int first, Connection then) {
        AtomicInteger given = new AtomicInteger();
        return intercept(
                DataSource.class,
                (proxy, method, arguments) ->
                        method.getName().equals("getConnection") && given.incrementAndGet() > first
                                ? then
                                : call(source, method, arguments));
    }

    /** The connection, which cannot be closed, and notes every bound on the wait for an answer. */
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
