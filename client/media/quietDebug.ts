const silent = Object.assign((): void => {}, { log: silentLog });

function silentLog(): void {}

/** Stands in for the `debug` package in the bundle: errors reach us as rejections and states. */
export default (): typeof silent => silent;
