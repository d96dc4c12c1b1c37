package dev.sluice.worker.flow;

import dev.sluice.common.topic.Lane;
import dev.sluice.worker.control.Activity;
import dev.sluice.worker.lanes.LaneProgress;

/** Where requests stand, told to all who count them. Thread-safe; nothing blocks. */
final class Progress {
  private final LaneProgress lanes;
  private final Activity activity;
  private final FlowMeters meters;

  Progress(LaneProgress lanes, Activity activity, FlowMeters meters) {
    this.lanes = lanes;
    this.activity = activity;
    this.meters = meters;
  }

  /** It is called, for the first time of its life if it has had no other attempt. */
  void called(Owned owned) {
    owned.delivery().begins().run();
    if (owned.attempts() > 1) return;
    activity.started(owned.lane());
    lanes.left(owned.lane(), owned.request());
  }

  /** It ends; whether it was ever called or not. */
  void ending(Owned owned) {
    if (owned.attempts() == 0) lanes.left(owned.lane(), owned.request());
  }

  /** It has ended, and its client can know. */
  void ended(Owned owned, String outcome) {
    activity.ended(owned.lane());
    left(owned.lane(), outcome);
  }

  /** A delivery is over without an end of ours: another owner's it is, or was. */
  void left(Lane lane, String outcome) {
    meters.ended(lane, outcome);
  }
}
