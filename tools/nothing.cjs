// What run-policy-pack.cjs loads in place of what no pack needs.
module.exports = {};
