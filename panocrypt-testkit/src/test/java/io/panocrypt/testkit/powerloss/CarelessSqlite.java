package io.panocrypt.testkit.powerloss;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/** SQLite connections that reduce syncing at the start of each writing transaction, whatever was configured. */
final class CarelessSqlite {
    private CarelessSqlite() {}

    /** A source for the file; {@code FULL} changes nothing. */
    static DataSource source(String file, String synchronous) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file);
        return synchronous.equals("FULL") ? source : careless(source, synchronous);
    }

    private static DataSource careless(DataSource source, String synchronous) {
        return intercept(DataSource.class, (proxy, method, arguments) -> {
            Object answer = call(source, method, arguments);
            return answer instanceof Connection connection ? connection(connection, synchronous) : answer;
        });
    }

    private static Connection connection(Connection connection, String synchronous) {
        return intercept(Connection.class, (proxy, method, arguments) -> {
            Object answer = call(connection, method, arguments);
            return method.getName().equals("createStatement") ? statement((Statement) answer, synchronous) : answer;
        });
    }

    private static Statement statement(Statement statement, String synchronous) {
        return intercept(Statement.class, (proxy, method, arguments) -> {
            if (method.getName().equals("execute") && arguments[0].equals("BEGIN IMMEDIATE")) {
                statement.execute("PRAGMA synchronous = " + synchronous);
            }
            return call(statement, method, arguments);
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
