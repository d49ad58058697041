/** @file A module of the page's whose layer ends the worker, or takes it for itself, in the midst of a training. */

export default function register({ Layer, serialization }) {
  class Ending extends Layer {
    static className = "Ending";
    calls = 0;

    call(inputs) {
      this.calls++;
      if (this.calls > 10) process.exit(7);
      return inputs.mul(1);
    }
  }
  class Stuck extends Layer {
    static className = "Stuck";

    call(inputs, { training }) {
      while (training) Math.random();
      return inputs.mul(1);
    }
  }
  for (const Class of [Ending, Stuck]) serialization.registerClass(Class);
}
