package probe

import "errors"

// oracleRefusal explains why a listener refused a call. path is the input
// that named the service or the instance.
func oracleRefusal(err error, path string) error {
	e, ok := errors.AsType[*tnsRefusal](err)
	if !ok {
		return err
	}
	f := map[int]*failure{
		12514: fault("listener.unknown_service", path),
		12504: fault("listener.unknown_service", path), // none named, an old listener says
		12505: fault("listener.unknown_sid", path),
		12516: fault("listener.no_handler", path),
		12518: fault("listener.no_handler", path),
		12519: fault("listener.no_handler", path),
		12520: fault("listener.no_handler", path),
		12526: fault("database.closed", path),
		12527: fault("database.closed", path),
		12528: fault("database.closed", path),
		12506: fault("host.not_allowed", pathHost).hinting("host.listener"),
	}[e.code]
	if f == nil {
		return err
	}
	return f.because(err)
}

// oracleFailure explains an error of the server.
func oracleFailure(err error, path string) error {
	e, ok := errors.AsType[*oracleError](err)
	if !ok {
		return err
	}
	f := map[int]*failure{
		1017:  fault("sign_in.wrong_password", pathPassword),
		28000: fault("sign_in.locked", pathUser),
		28001: fault("sign_in.password_expired", pathPassword),
		1045:  fault("sign_in.unknown_user", pathUser), // has no right to sign in
		28009: fault("sign_in.as_sys", pathUser),
		28040: fault("sign_in.unsupported", pathUser).hinting("sign_in.unsupported_scheme"),
		12660: fault("sign_in.native_encryption", pathHost),
		18:    fault("server.too_many_connections", ""),
		20:    fault("server.too_many_connections", ""),
		2391:  fault("server.too_many_connections", ""), // of this user
		1033:  fault("server.not_ready", ""),
		1034:  fault("server.not_ready", ""),
		1089:  fault("server.not_ready", ""),
		1090:  fault("server.not_ready", ""),
		1109:  fault("database.closed", path).afterSignIn(),
		1035:  fault("database.closed", path).afterSignIn(), // to all but administrators
	}[e.code]
	if f == nil {
		return err
	}
	return f.because(err)
}
