// Compares MODEL.onnx in onnxruntime with 'tfqkd predict' of MODEL.json on 1,000 links of its trained range; called by
// check_onnx.sh in the folder of these files.
//   node check_onnx.mjs TFQKD MODEL double|float
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [tfqkd, name, precision] = process.argv.slice(2);
const ort = createRequire(join(process.cwd(), "check.cjs"))("onnxruntime-web");
const model = JSON.parse(readFileSync(`${name}.json`, "utf8"));
const links = 1000, atOnce = 50;

// A generator of its own, so that every run takes the same links (Park, Miller 1988).
let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;

function drawn({ scale, lower, upper }) {
    const share = random();
    const value = scale === "log" ? lower * Math.pow(upper / lower, share) : lower + (upper - lower) * share;
    const kept = Math.min(Math.max(value, lower), upper);
    return precision === "float" ? Math.fround(kept) : kept;
}

// With a perfect detector the loss of an arm is that of its channel.
function linkOf(row) {
    const link = { detector_efficiency: 1 };
    model.inputs.forEach((input, i) => { link[input.name.replace("arm_", "").replace(/^([ab])_loss/, "loss_$1")] = row[i]; });
    if (model.equal_arms) link.loss_b_db = link.loss_a_db;
    return link;
}

const rows = Array.from({ length: links }, () => model.inputs.map(drawn));
writeFileSync("links.jsonl", rows.map((row) => JSON.stringify(linkOf(row))).join("\n") + "\n");
const expected = execFileSync(tfqkd, ["predict", "--model", `${name}.json`, "--links", "links.jsonl", "--format", "jsonl", "--quiet"],
    { encoding: "utf8", maxBuffer: 1 << 28 }).trim().split("\n").map((line) => JSON.parse(line)).filter((row) => !row.properties);

ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(readFileSync(`${name}.onnx`));
const type = precision === "double" ? "float64" : "float32";
const Numbers = precision === "double" ? Float64Array : Float32Array;
const parameters = model.outputs;  // the check's models predict all parameters, so order and columns are the same
let largest = 0;
for (let first = 0; first < links; first += atOnce) {
    const block = rows.slice(first, first + atOnce);
    const inputs = new ort.Tensor(type, Numbers.from(block.flat()), [block.length, model.inputs.length]);
    const { outputs } = await session.run({ inputs });
    if (outputs.dims[1] !== parameters.length) throw new Error(`${outputs.dims[1]} outputs, expected ${parameters.length}`);
    block.forEach((_, r) => parameters.forEach((parameter, k) => {
        const found = outputs.data[r * parameters.length + k], wanted = expected[first + r][parameter.name];
        const difference = Math.abs(found - wanted) / (parameter.upper - parameter.lower);
        largest = difference <= largest ? largest : difference;
        if (Number.isNaN(difference)) largest = Infinity;
    }));
}

// Radial bases with large weights that cancel lose digits in any arithmetic.
const { weights } = model.network;
const sums = weights ? parameters.map((_, k) => weights.data.reduce((sum, w, i) => sum + (i % weights.cols === k ? Math.abs(w) : 0), 0)) : [0];
const tolerance = precision === "double" ? Math.max(1e-12, 1e-15 * Math.max(...sums)) : 1e-3;
console.log(`${name} (${precision}): ${links} links, largest difference ${largest.toExponential(2)} of a parameter's range, allowed ${tolerance.toExponential(2)}`);
if (!(largest <= tolerance)) process.exit(1);
