// What lean-sdk.ts has loaded in place of what nothing here uses.
module.exports = {};
